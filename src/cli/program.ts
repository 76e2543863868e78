import { Command } from "commander";
import { packageVersion } from "../io/package-root.ts";
import { addDeviceCommand } from "./device.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addExportCommand } from "./export.ts";
import { addGatewayCommand } from "./gateway.ts";
import { addHistoryCommand } from "./history.ts";
import { addInitCommand } from "./init.ts";
import { addModelCommands } from "./model/model.ts";
import { addRecordCommand } from "./record.ts";
import { addReplayCommand } from "./replay.ts";
import { addRosCommands } from "./ros.ts";
import { addSimCommand } from "./sim.ts";
import { addTokenCommands } from "./token.ts";
import { addUpCommand } from "./up.ts";

/** The command `twin`. Exit codes: 0 fine, 1 a fault of the input or the world, 2 wrong usage. */
export function createProgram(): Command {
  const program = new Command("twin")
    .description("A live digital twin beside a ROS 2 robot, in the browser.")
    .version(packageVersion)
    .showHelpAfterError("(see --help)")
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  addUpCommand(program);
  addSimCommand(program);
  addDeviceCommand(program);
  addGatewayCommand(program);
  addDoctorCommand(program);
  addInitCommand(program);
  addRosCommands(program);
  addModelCommands(program);
  addHistoryCommand(program);
  addRecordCommand(program);
  addReplayCommand(program);
  addExportCommand(program);
  addTokenCommands(program);
  return program;
}
