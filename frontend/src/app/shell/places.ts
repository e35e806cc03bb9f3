import { Activity, FlaskConical, House, Inbox, type LucideIcon, Settings2, Workflow } from "lucide-react";

export type PlaceId = "home" | "flows" | "runs" | "failures";

/** The places of the navigation, shared by the side bar, the rail and the narrow menu. */
export const PLACES: { id: PlaceId; to: string; icon: LucideIcon }[] = [
  { id: "home", to: "/", icon: House },
  { id: "flows", to: "/flows", icon: Workflow },
  { id: "runs", to: "/runs", icon: Activity },
  { id: "failures", to: "/failures", icon: Inbox },
];

export const OUTSIDE: Record<"admin" | "sandbox", LucideIcon> = { admin: Settings2, sandbox: FlaskConical };

export const ADMIN_URL = "/admin/";
