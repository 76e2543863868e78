import { acceptance } from "./support/acceptance.ts";

acceptance("rp2040");
