import { notifications } from "@mantine/notifications";
import { CircleCheck, CircleX } from "lucide-react";

/** One sentence after an act, bottom right. Failures stay until closed. */
export function toast(tone: "ok" | "bad", title: string, message = ""): void {
  notifications.clean();
  notifications.show({
    title,
    message,
    icon: tone === "ok" ? <CircleCheck size={16} aria-hidden /> : <CircleX size={16} aria-hidden />,
    autoClose: tone === "ok" ? 6_000 : false,
    withBorder: false,
    className: `toast-${tone}`,
  });
}
