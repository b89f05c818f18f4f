import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { HomeRoom } from "./home/HomeRoom.tsx";
import { NotFound, RouteFailed } from "./shell/NotFound.tsx";
import { Shell } from "./shell/Shell.tsx";
import { Loading } from "./ui/States.tsx";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const whole = (value: unknown): number | undefined => (typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined);
const optional = <K extends string, V>(key: K, value: V | undefined) => (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: RouteFailed });

const home = createRoute({ getParentRoute: () => root, path: "/", component: HomeRoom });
const run = createRoute({
  getParentRoute: () => root,
  path: "/run/$runId",
  validateSearch: (search) => ({
    ...optional("step", text(search["step"])),
    ...optional("at", text(search["at"])),
    ...optional("round", whole(search["round"])),
    ...optional("tab", text(search["tab"])),
    ...optional("cite", text(search["cite"])),
  }),
  component: lazyRouteComponent(() => import("./run/RunRoom.tsx"), "RunRoom"),
});
const approvalsRoom = lazyRouteComponent(() => import("./govern/ApprovalsRoom.tsx"), "ApprovalsRoom");
const approvals = createRoute({ getParentRoute: () => root, path: "/govern/approvals", component: approvalsRoom });
const approval = createRoute({ getParentRoute: () => root, path: "/govern/approvals/$id", component: approvalsRoom });
const agentsRoom = lazyRouteComponent(() => import("./build/AgentsRoom.tsx"), "AgentsRoom");
const agents = createRoute({ getParentRoute: () => root, path: "/build/agents", component: agentsRoom });
const agent = createRoute({ getParentRoute: () => root, path: "/build/agents/$name", component: agentsRoom });
const observe = createRoute({
  getParentRoute: () => root,
  path: "/observe",
  component: lazyRouteComponent(() => import("./observe/ObserveRoom.tsx"), "ObserveRoom"),
});
const kept = createRoute({
  getParentRoute: () => root,
  path: "/observe/kept",
  component: lazyRouteComponent(() => import("./observe/KeptRoom.tsx"), "KeptRoom"),
});
const trace = createRoute({
  getParentRoute: () => root,
  path: "/observe/traces/$runId",
  validateSearch: (search) => optional("span", text(search["span"])),
  component: lazyRouteComponent(() => import("./observe/TraceRoom.tsx"), "TraceRoom"),
});
const extend = createRoute({
  getParentRoute: () => root,
  path: "/extend",
  validateSearch: (search) => optional("plugin", text(search["plugin"])),
  component: lazyRouteComponent(() => import("./extend/PluginsRoom.tsx"), "PluginsRoom"),
});
const hooks = createRoute({
  getParentRoute: () => root,
  path: "/extend/hooks",
  validateSearch: (search) => optional("hook", text(search["hook"])),
  component: lazyRouteComponent(() => import("./extend/HooksRoom.tsx"), "HooksRoom"),
});
const playground = createRoute({
  getParentRoute: () => root,
  path: "/extend/playground",
  component: lazyRouteComponent(() => import("./extend/PlaygroundRoom.tsx"), "PlaygroundRoom"),
});
const models = createRoute({
  getParentRoute: () => root,
  path: "/extend/models",
  component: lazyRouteComponent(() => import("./extend/ModelsRoom.tsx"), "ModelsRoom"),
});
const views = createRoute({
  getParentRoute: () => root,
  path: "/extend/views",
  component: lazyRouteComponent(() => import("./views/ViewsRoom.tsx"), "ViewsRoom"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, run, approvals, approval, agents, agent, observe, kept, trace, extend, hooks, playground, models, views]),
  history: createHashHistory(),
  defaultPendingComponent: Loading,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
