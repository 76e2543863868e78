#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>

#include "core/command.hpp"
#include "judge.hpp"
#include "material.hpp"
#include "random.hpp"
#include "world.hpp"

// Plays broken sessions to the device. After each the stream is silent, and within 300 ms of the board's time the
// joint must be off. What else must hold is required in World and in judge.cpp, after each step and for each packet.

namespace fuzz {
namespace {

constexpr uint64_t kSilenceUs = 300000;

twin::Config gripper() {
  twin::Config config;
  config.id = "gripper";
  config.firmware = "fuzz 1";
  config.joint = "left_finger";
  config.isPrismatic = true;
  config.upper = 0.04F;
  config.maxVelocity = 0.1F;
  config.maxAcceleration = 0.4F;
  config.kp = 53.0F;
  config.ki = 107.0F;
  config.kff = 6.7F;
  config.kaff = 0.33F;
  config.minSupplyV = 9.0F;
  return config;
}

twin::Config elbow() {
  twin::Config config = gripper();
  config.id = "an-elbow.with_a-name-of-64-characters-0123456789-0123456789-0123";
  config.robot = "arm";
  config.link = "forearm";
  config.joint = "elbow";
  config.isPrismatic = false;
  config.lower = -2.5F;
  config.upper = -0.1F;
  config.controlPeriodUs = 5000;
  config.telemetryPeriodMs = 20;
  config.minSupplyV = 0.0F;
  config.username = "user";
  config.password = "password";
  return config;
}

uint64_t anyStep(Random& random) {
  return random.oneIn(40) ? 50000 + random.below(500000)
                          : random.pick({0U, 300U, 1000U, 5000U, 20000U}) + random.below(1000);
}

void steps(World& world, Random& random, uint32_t most) {
  for (uint32_t i = 1 + random.below(most); i > 0; --i) world.step(anyStep(random));
}

// Waits for the device to come, past its pause.
void connect(World& world, Random& random) {
  for (int i = 0; i < 12 && !world.isGreeted(); ++i) world.step(i < 2 ? anyStep(random) : 1000000);
}

void doHarm(World& world, Random& random) {
  static const float positions[] = {0.01F, 0.02F, -1.0F, 1e30F, -3.4e38F, __builtin_nanf(""), __builtin_inff(), 1e-45F};
  static const float supplies[] = {12.0F, 12.0F, 5.0F, -1.0F, __builtin_nanf(""), __builtin_inff()};
  switch (random.below(6)) {
    case 0: world.close(); break;
    case 1: world.refuseOneIn = random.pick({0U, 1U, 2U, 8U}); break;
    case 2: world.position = random.pick(positions); break;
    case 3: world.supply = random.pick(supplies); break;
    case 4:
      (random.oneIn(2) ? world.offsetMs : world.offsetUs) +=
          random.oneIn(2) ? random.next() : random.below(1000000) - 500000U;
      world.hasJumped = true;
      break;
    default: world.chunk = random.pick({1U, 2U, 3U, 64U, 4096U}); break;
  }
}

void mend(World& world) {
  world.refuseOneIn = 0;
  world.position = 0.5F * (world.config.lower + world.config.upper);
  world.supply = 12.0F;
  world.isReachable = true;
  world.chunk = 4096;
}

// The reader alone, in a block of memory of just its size: so that a byte read beyond it is seen.
void readExactly(const std::string& payload) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[payload.size()]);
  memcpy(exact.get(), payload.data(), payload.size());
  twin::Command command;
  twin::readCommand(exact.get(), payload.size(), command);
  require(!command.isWellFormed || isJson(payload), "what is taken for a command is JSON");
}

void session(World& world, Random& random) {
  if (!random.oneIn(16)) mend(world);
  world.isReachable = !random.oneIn(64);
  if (world.state() == twin::Transport::State::kOpen && random.oneIn(8)) world.close();
  if (world.state() != twin::Transport::State::kOpen) {
    connect(world, random);
    Stream greeting;
    addGreeting(greeting);
    if (random.oneIn(6)) mutate(greeting, random);
    const size_t cut = random.oneIn(4) ? greeting.bytes.size() : std::min(greeting.starts[1], greeting.bytes.size());
    world.inbound += greeting.bytes.substr(0, cut);
    steps(world, random, 2);
    world.inbound += greeting.bytes.substr(cut);
    steps(world, random, 3);
  }
  for (uint32_t burst = 1 + random.below(2); burst > 0; --burst) {
    Stream stream;
    for (uint32_t i = 1 + random.below(3); i > 0; --i) {
      std::string payload = random.oneIn(2) ? goodCommand(world, random) : oddCommand(world, random);
      if (random.oneIn(6)) mutate(payload, random);
      if (random.oneIn(2)) readExactly(payload);
      stream.add(publish(world, payload, random.oneIn(20)));
      if (random.oneIn(16)) stream.add(std::string("\xD0\x00", 2));
      if (random.oneIn(64)) stream.add(publish(world, std::string(1000 + random.below(3000), '{'), false));
    }
    if (random.oneIn(4)) mutate(stream, random);
    world.inbound += stream.bytes;
    if (random.oneIn(4)) doHarm(world, random);
    steps(world, random, 5);
    if (random.oneIn(8)) doHarm(world, random);
  }
}

// Whatever came before, without bytes from the broker the joint is off in time.
void silence(World& world, Random& random) {
  world.inbound.clear();
  for (uint64_t left = kSilenceUs; left > 0;) {
    const uint64_t step = std::min<uint64_t>(left, 4000 + random.below(42000));
    world.step(step);
    left -= step;
  }
  require(world.device.state() == twin::State::kFailsafe && world.device.duty() == 0.0F,
          "silence of 300 ms is failsafe");
}

// After all of that a good broker finds a good device: at once on a new link, or on the old one when the device
// has noticed that what it holds for a packet never ends.
void recover(World& world, Random& random) {
  mend(world);
  world.isBroker = true;
  if (random.oneIn(2)) world.close();
  bool isActive = false;
  for (uint32_t i = 0; i < 1000 && !isActive; ++i) {
    // What a broken session made the newest number may be ahead of the sender's, who would be told of it.
    if (i % 40 == 39) world.sequence += 0x3FFFFFFFU;
    if (i % 5 == 0 && world.device.isOnline()) world.inbound += publish(world, goodCommand(world, random), false);
    world.step(20000);
    isActive = world.device.state() == twin::State::kActive;
  }
  require(isActive, "a device comes back within 20 s, and obeys");
  world.isBroker = false;
  silence(world, random);
}

// A device lives for a few sessions.
void group(uint64_t seed, uint64_t number, Tally& tally) {
  static const twin::Config configs[] = {gripper(), elbow()};
  setRun(seed, number);
  Random random(seed + number * 0x100000001B3U);
  World world(configs[random.oneIn(4) ? 1 : 0], random, tally);
  world.step(1000);
  for (uint32_t i = 0; i < 8; ++i) {
    world.wasActive = false;
    session(world, random);
    silence(world, random);
    ++tally.sessions;
    if (world.wasActive) ++tally.active;
  }
  if (number % 16 == 0) {
    recover(world, random);
    ++tally.recoveries;
  }
}

uint64_t fromEnvironment(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

int run(int count, char** words) {
  const uint64_t wanted = count > 1 ? std::strtoull(words[1], nullptr, 10) : fromEnvironment("FUZZ_SESSIONS", 1000000);
  const uint64_t seed = fromEnvironment("FUZZ_SEED", std::random_device{}());
  std::printf("fuzz: seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const auto start = std::chrono::steady_clock::now();
  Tally tally;
  const uint64_t only = fromEnvironment("FUZZ_GROUP", UINT64_MAX);
  if (only != UINT64_MAX) group(seed, only, tally);
  for (uint64_t number = 0; only == UINT64_MAX && tally.sessions < wanted; ++number) group(seed, number, tally);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const auto n = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf("fuzz: %llu sessions drove the joint; commands: %llu taken, %llu refused; packets written: %llu;\n",
              n(tally.active), n(tally.accepted), n(tally.refused), n(tally.packets));
  std::printf("fuzz: connections ended: %llu, oversize: %llu, overruns: %llu, recoveries: %llu\n", n(tally.violations),
              n(tally.oversize), n(tally.overruns), n(tally.recoveries));
  std::printf("fuzz: %llu sessions clean, seed %llu, %.0f s\n", n(tally.sessions), n(seed), took.count());
  return 0;
}

}  // namespace
}  // namespace fuzz

int main(int count, char** words) { return fuzz::run(count, words); }
