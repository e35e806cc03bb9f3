import {
  Activity,
  FlaskConical,
  House,
  Inbox,
  type LucideIcon,
  Plug,
  Settings2,
  Table2,
  UserCheck,
  Workflow,
} from "lucide-react";

export type PlaceId = "home" | "flows" | "runs" | "failures" | "approvals";
export type OutsideId = "tables" | "connections" | "admin" | "sandbox";

/** The places of the navigation, shared by the side bar, the rail and the narrow menu. */
export const PLACES: { id: PlaceId; to: string; icon: LucideIcon }[] = [
  { id: "home", to: "/", icon: House },
  { id: "flows", to: "/flows", icon: Workflow },
  { id: "runs", to: "/runs", icon: Activity },
  { id: "failures", to: "/failures", icon: Inbox },
  { id: "approvals", to: "/approvals", icon: UserCheck },
];

const ADMIN = "/admin/";
export const TABLES_URL = `${ADMIN}integrations/mappingtable/`;
export const CONNECTIONS_URL = `${ADMIN}integrations/connection/`;
export const ENDPOINTS_URL = `${ADMIN}integrations/endpoint/`;

/** Places outside the app: the operators' admin, and the sandbox where there is one. */
export function outside(sandbox: string | null): { id: OutsideId; href: string; icon: LucideIcon }[] {
  return [
    { id: "tables", href: TABLES_URL, icon: Table2 },
    { id: "connections", href: CONNECTIONS_URL, icon: Plug },
    { id: "admin", href: ADMIN, icon: Settings2 },
    ...(sandbox === null ? [] : [{ id: "sandbox" as const, href: sandbox, icon: FlaskConical }]),
  ];
}
