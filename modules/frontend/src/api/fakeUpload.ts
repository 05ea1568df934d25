/** A stand-in for XMLHttpRequest, as far as a file is sent with it: the test says how that goes on. */
export class FakeUpload extends EventTarget {
  readonly upload = new EventTarget();
  readonly headers = new Headers();
  url = new URL("http://origin");
  body: File | null = null;
  isAborted = false;
  status = 0;
  readonly statusText = "";
  responseText = "";

  open(method: string, path: string): void {
    if (method !== "POST") throw new Error(`a file is sent with ${method}`);
    this.url = new URL(path, "http://origin");
  }

  setRequestHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }

  send(body: File): void {
    this.body = body;
  }

  abort(): void {
    this.isAborted = true;
    this.dispatchEvent(new Event("abort"));
  }

  /** So much of the file has left. */
  sent(loaded: number, total: number): void {
    this.upload.dispatchEvent(new ProgressEvent("progress", { lengthComputable: true, loaded, total }));
  }

  /** A part of the answer has come. */
  answer(text: string): void {
    this.status = 200;
    this.responseText += text;
    this.dispatchEvent(new ProgressEvent("progress"));
  }

  /** The answer has come to its end. */
  end(): void {
    this.dispatchEvent(new ProgressEvent("load"));
  }

  refuse(status: number, detail: string, errors: object[] = []): void {
    this.status = status;
    this.responseText = JSON.stringify({ type: "about:blank", title: "", status, detail, errors });
    this.end();
  }

  /** As a browser has it: nothing is left of what has come. */
  lose(): void {
    this.status = 0;
    this.responseText = "";
    this.dispatchEvent(new ProgressEvent("error"));
  }
}
