#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "random.hpp"
#include "world.hpp"

namespace fuzz {

/// A stream of packets from a broker, with where each begins.
struct Stream {
  std::string bytes;
  std::vector<size_t> starts;

  void add(const std::string& packet) {
    starts.push_back(bytes.size());
    bytes += packet;
  }
};

/// What a broker says to a device that connects.
void addGreeting(Stream& stream);

std::string publish(const World& world, const std::string& payload, bool isRetained);

/// A command as a good sender makes it: newer, with fresh telemetry seen, within the limits.
std::string goodCommand(World& world, Random& random);

/// A command with members of any kind, in any order, nested, doubled, escaped or left out.
std::string oddCommand(World& world, Random& random);

/// Flips, cuts, doubles, moves and lies about lengths, once or a few times.
void mutate(Stream& stream, Random& random);
void mutate(std::string& text, Random& random);

}  // namespace fuzz
