import { acceptance } from "./support/acceptance.ts";

acceptance("posix");
