import { acceptance } from "./support/acceptance.ts";

acceptance("stm32f405");
