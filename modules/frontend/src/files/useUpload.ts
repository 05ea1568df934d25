import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { sendFile, type Progress } from "../api/files";
import { lookAgainOnceStored } from "../api/measured";
import { viewerZone } from "../time/zone";

/** One file on its way, until nobody looks any more. */
export function useUpload(person: number) {
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const control = useRef<AbortController | null>(null);
  const upload = useMutation({
    mutationFn: (file: File) => {
      const { signal } = (control.current = new AbortController());
      setProgress({ stage: "sending", sent_bytes: 0, bytes: file.size });
      return sendFile(person, file, viewerZone(), { onProgress: setProgress, signal });
    },
    onSettled: () => void lookAgainOnceStored(queries, person), // also what was taken before it failed
  });
  useEffect(() => () => control.current?.abort(), []);
  const isCancelled = upload.error?.name === "AbortError";
  return {
    send: upload.mutate,
    cancel: () => control.current?.abort(),
    reset: upload.reset,
    progress: upload.isPending ? progress : null,
    receipt: upload.data ?? null,
    isCancelled,
    error: isCancelled ? null : upload.error,
  };
}
