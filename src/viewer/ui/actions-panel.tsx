import "./actions.css";
import { Text } from "@mantine/core";
import { controllersOf, grippersOf, servicesOf } from "../store/control-extras.ts";
import { useDriveHint } from "./drive-hint.ts";
import { GripperControl } from "./gripper-control.tsx";
import { ServiceControl } from "./service-control.tsx";
import { useControl, useRobot } from "./viewer-context.ts";

/** The grippers of the robot, and the services that may be called: what is there now. */
export function ActionsPanel() {
  const robot = useRobot();
  const control = useControl(robot?.id ?? null);
  const hint = useDriveHint(robot?.id ?? null);
  if (!robot || !control) return <Text c="dimmed">No robot is known yet.</Text>;
  const grippers = grippersOf(control);
  const services = servicesOf(control);
  const missing = controllersOf(control).find(({ kind, state }) => kind === "gripper" && state === "absent");
  return (
    <>
      {hint !== null && grippers.length + services.length > 0 && (
        <Text size="sm" mb={10}>
          {hint}
        </Text>
      )}
      <section aria-label="Grippers">
        <h3 className="thing-title">Grippers</h3>
        {grippers.map((gripper) => (
          <GripperControl key={`${robot.id} ${gripper.name}`} robot={robot} gripper={gripper} hint={hint} />
        ))}
        {grippers.length === 0 && (
          <Text size="xs" c="dimmed">
            {missing?.reason ?? "This robot has no gripper that takes commands."}
          </Text>
        )}
      </section>
      <section aria-label="Services">
        <h3 className="thing-title">Services</h3>
        {services.map((service) => (
          <ServiceControl
            key={`${robot.id} ${service.name}`}
            robot={robot.id}
            service={service}
            hint={hint}
          />
        ))}
        {services.length === 0 && (
          <Text size="xs" c="dimmed">
            No service can be called now. Those that robots[].commands.services allows (std_srvs Trigger and
            SetBool) appear here while their node runs.
          </Text>
        )}
      </section>
    </>
  );
}
