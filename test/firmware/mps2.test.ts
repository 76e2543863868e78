import { acceptance } from "./support/acceptance.ts";

acceptance("mps2");
