import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { harbour } from "./harbour.ts";

await harbour(new McpServer({ name: "harbour", version: "1.0.0" })).connect(new StdioServerTransport());
