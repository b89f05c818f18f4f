import { Link } from "@tanstack/react-router";

const pages = [
  { to: "/extend", name: "Plugins" },
  { to: "/extend/hooks", name: "Hooks" },
  { to: "/extend/playground", name: "Playground" },
  { to: "/extend/models", name: "Models" },
  { to: "/extend/views", name: "Views" },
] as const;

export function ExtendTabs() {
  return (
    <nav aria-label="Extend" className="flex gap-1 overflow-x-auto border-b border-line">
      {pages.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          className="-mb-px border-b-2 border-transparent px-3 py-2 text-muted hover:text-fg"
          activeProps={{ className: "!border-accent font-medium !text-fg" }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
