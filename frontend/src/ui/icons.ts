import {
  Building2,
  FilePlus,
  FileSearch,
  Filter,
  type LucideIcon,
  Merge,
  MessageSquare,
  OctagonX,
  PencilLine,
  Plug,
  Repeat,
  Send,
  Shuffle,
  Split,
  Trash2,
  UserPlus,
  UserSearch,
  Zap,
} from "lucide-react";

/** Icons a node may name (lucide names). Named one by one, so that the bundle holds only these. */
const NODE_ICONS: Record<string, LucideIcon> = {
  "building-2": Building2,
  "file-plus": FilePlus,
  "file-search": FileSearch,
  filter: Filter,
  merge: Merge,
  "message-square": MessageSquare,
  "octagon-x": OctagonX,
  "pencil-line": PencilLine,
  plug: Plug,
  repeat: Repeat,
  send: Send,
  shuffle: Shuffle,
  split: Split,
  "trash-2": Trash2,
  "user-plus": UserPlus,
  "user-search": UserSearch,
  zap: Zap,
};

export function nodeIcon(name: string): LucideIcon {
  return NODE_ICONS[name] ?? Plug;
}
