import type { ComponentProps, MouseEvent } from "react";
import { show } from "./useView";
import { formatView, type View } from "./view";

/** A real link to another view: it can be copied and opened in a new tab; a plain click does not reload the page. */
export function ViewLink({ to, ...anchor }: { to: View } & Omit<ComponentProps<"a">, "href" | "onClick">) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(to);
  };
  return <a {...anchor} href={formatView(to) || "/"} onClick={follow} />;
}
