import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import {
  IconLayoutBottombar,
  IconLayoutDistributeHorizontal,
  IconLayoutSidebarRight,
  IconX,
} from "@tabler/icons-react";
import { type Place, places } from "../store/panel-docks.ts";
import type { PanelName } from "./panel-names.ts";
import { useViewer } from "./viewer-context.ts";

const looks = {
  right: { label: "At the right", icon: IconLayoutSidebarRight },
  lower: { label: "At the right, below another panel", icon: IconLayoutDistributeHorizontal },
  bottom: { label: "Beneath the 3D view", icon: IconLayoutBottombar },
} as const satisfies Record<Place, { label: string; icon: typeof IconX }>;

/** Moves a panel to another place, or closes it. */
export function PanelPlaces({ name, label, place }: { name: PanelName; label: string; place: Place }) {
  const { docks } = useViewer();
  const { icon: Icon } = looks[place];
  return (
    <span className="panel-places">
      <Menu position="bottom-end">
        <Menu.Target>
          <Tooltip label="Place of the panel">
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Place of the panel ${label}`}>
              <Icon size={16} stroke={1.6} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {places.map((other) => {
            const { label: text, icon: Other } = looks[other];
            return (
              <Menu.Item
                key={other}
                disabled={other === place}
                leftSection={<Other size={16} stroke={1.6} aria-hidden />}
                onClick={() => docks.put(name, other)}
              >
                {text}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label="Close the panel">
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`Close the panel ${label}`}
          onClick={() => docks.close(name)}
        >
          <IconX size={16} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
