#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

// Checks of what the device wrote, on their own: nothing of the core is used here.

namespace fuzz {

/// Ends the process when a promise was broken, saying which and how to repeat it.
void require(bool holds, const char* promise);

/// The run that is going on, for the message: a seed and one of its groups of sessions.
void setRun(uint64_t seed, uint64_t group);

/// Whether a text is JSON of proper UTF-8.
bool isJson(std::string_view text);

/// The value behind `"key":`, as it is written; empty when there is none.
std::string_view member(std::string_view json, std::string_view key);

/// A PUBLISH taken apart; the leaf is the last level of its topic.
struct Publication {
  uint8_t flags;
  std::string_view leaf;
  std::string_view payload;
  std::string_view packetId;  ///< empty at QoS 0
};

/// What a packet of the device was.
struct Judged {
  uint8_t type;
  Publication publication;
};

/// Requires a whole, well-formed packet as the device `id` may write it.
Judged judgePacket(const uint8_t* packet, size_t size, std::string_view id);

}  // namespace fuzz
