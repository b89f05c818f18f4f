import { Activity, Blocks, FlaskConical, HardDrive, House, Inbox, LayoutPanelLeft, type LucideIcon, Plug, Users } from "lucide-react";

export interface Place {
  to:
    | "/"
    | "/build/agents"
    | "/govern/approvals"
    | "/observe"
    | "/observe/kept"
    | "/extend"
    | "/extend/playground"
    | "/extend/hooks"
    | "/extend/models"
    | "/extend/views";
  name: string;
  icon: LucideIcon;
  /** The letter after `g`. */
  letter: string;
  /** Shown in the top bar. */
  workspace: boolean;
  /** What people may look for it under. */
  aliases: string;
}

export const places: readonly Place[] = [
  { to: "/", name: "Home", icon: House, letter: "h", workspace: true, aliases: "start overview chat example new run" },
  { to: "/observe", name: "Observe", icon: Activity, letter: "o", workspace: true, aliases: "runs traces logs cost executions" },
  {
    to: "/observe/kept",
    name: "What is kept",
    icon: HardDrive,
    letter: "s",
    workspace: false,
    aliases: "storage space room quota prune delete retention settings",
  },
  { to: "/build/agents", name: "Agents", icon: Users, letter: "a", workspace: false, aliases: "team memory history remember forget build" },
  { to: "/govern/approvals", name: "Inbox", icon: Inbox, letter: "i", workspace: false, aliases: "approvals gates govern waiting questions human" },
  { to: "/extend", name: "Extend", icon: Blocks, letter: "e", workspace: true, aliases: "plugins marketplace tools connectors" },
  { to: "/extend/playground", name: "Plugin playground", icon: FlaskConical, letter: "p", workspace: false, aliases: "edit plugin code hot load" },
  { to: "/extend/hooks", name: "Hooks", icon: Plug, letter: "k", workspace: false, aliases: "explain order lifecycle" },
  { to: "/extend/models", name: "Models", icon: Plug, letter: "m", workspace: false, aliases: "settings connect key provider ollama openai" },
  { to: "/extend/views", name: "Views", icon: LayoutPanelLeft, letter: "v", workspace: false, aliases: "panels dashboards charts plugins show" },
];
