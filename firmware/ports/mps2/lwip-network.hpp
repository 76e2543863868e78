#pragma once
#include <stdint.h>

namespace twin::mps2 {

/// Starts lwIP on the Ethernet controller and asks for an address by DHCP. `seed` varies ports and sequence numbers.
void startNetwork(uint32_t seed);

/// Takes frames that have come and runs lwIP's timers. From the main loop, each turn.
void stepNetwork();

/// True while the interface has an address.
bool hasAddress();

}  // namespace twin::mps2
