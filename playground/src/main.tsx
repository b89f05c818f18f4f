import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { KernelSource } from "./client/kernel-source.tsx";
import { queries } from "./client/queries.ts";
// Before the router, which reads the address: the token is taken out of it.
import { token } from "./client/server-token.ts";
import { router } from "./router.tsx";
import "./styles.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <KernelSource token={token}>
          <RouterProvider router={router} />
        </KernelSource>
      </QueryClientProvider>
    </StrictMode>,
  );
}
if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("./sw.js").catch(() => undefined);
