#include "lwip-network.hpp"

#include "../cortex-m/start.hpp"
#include "../cortex-m/sys-tick.hpp"
#include "lan9118.hpp"
#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

extern "C" {

u32_t sys_now() { return twin::sysTickMillis(); }

void lwipFailed() { twin::fault(); }

static uint32_t randomState = 1;

// Marsaglia's xorshift: for ports and sequence numbers, not for secrets.
uint32_t lwipRandom() {
  randomState ^= randomState << 13;
  randomState ^= randomState >> 17;
  randomState ^= randomState << 5;
  return randomState;
}

}  // extern "C"

namespace twin::mps2 {

namespace {

netif interface;

err_t sendFrame(netif*, pbuf* frame) {
  if (!lan9118::canSend(frame->tot_len)) return ERR_BUF;
  lan9118::Writer writer(frame->tot_len);
  for (const pbuf* piece = frame; piece != nullptr; piece = piece->next) {
    writer.put(static_cast<const uint8_t*>(piece->payload), piece->len);
  }
  writer.finish();
  return ERR_OK;
}

err_t setUp(netif* into) {
  into->name[0] = 'e';
  into->name[1] = 'n';
  into->hostname = "twin";
  into->output = etharp_output;
  into->linkoutput = sendFrame;
  into->mtu = 1500;
  into->hwaddr_len = 6;
  into->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  lan9118::address(into->hwaddr);
  return ERR_OK;
}

void receiveFrame(size_t size) {
  lan9118::Reader reader(size);
  // Without a buffer the frame is lost, as on any network; TCP sends it again.
  pbuf* frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(size), PBUF_POOL);
  for (pbuf* piece = frame; piece != nullptr; piece = piece->next) {
    reader.take(static_cast<uint8_t*>(piece->payload), piece->len);
  }
  reader.finish();
  if (frame != nullptr && interface.input(frame, &interface) != ERR_OK) pbuf_free(frame);
}

}  // namespace

void startNetwork(uint32_t seed) {
  randomState = seed != 0 ? seed : 1;
  lwip_init();
  if (!lan9118::start()) fault();
  netif_add_noaddr(&interface, nullptr, setUp, ethernet_input);
  netif_set_default(&interface);
  netif_set_up(&interface);
  dhcp_start(&interface);
  enableIrq(kEthernetIrq);
}

void stepNetwork() {
  while (const size_t size = lan9118::receiveSize()) receiveFrame(size);
  sys_check_timeouts();
}

bool hasAddress() { return dhcp_supplied_address(&interface) != 0; }

}  // namespace twin::mps2
