#include "rig.hpp"
#include "runner.hpp"

using namespace test;

namespace {

uint64_t timeOf(const std::string& telemetry) { return std::stoull(member(telemetry, "t_us")); }

bool countsUp(const std::vector<std::string>& telemetry) {
  for (size_t i = 0; i < telemetry.size(); ++i) {
    if (member(telemetry[i], "n") != std::to_string(i)) return false;
  }
  return true;
}

}  // namespace

TEST("telemetry counts from 0 and comes each 100 ms") {
  Rig rig;
  rig.goOnline();
  rig.run(10000);
  CHECK(countsUp(rig.published("telemetry")));
  uint32_t last = 0;
  bool isEven = true;
  for (const Packet& packet : rig.transport.written) {
    if (packet.type() != 3 || packet.leaf() != "telemetry") continue;
    if (last != 0) isEven = isEven && packet.atMs - last == 100;
    last = packet.atMs;
  }
  CHECK(isEven && rig.published("telemetry").size() >= 100);
}

TEST("telemetry says what the profile asks for") {
  Rig rig;
  rig.goOnline();
  CHECK(rig.published("telemetry").at(0) ==
        R"({"boot":17,"n":0,"t_us":1000,"signals":{"position":0.01,"velocity":0,"duty":0,"supply":12,)"
        R"("state":"failsafe","cause":"boot"}})");
  rig.command(1, R"({"target":0.0123})");
  rig.run(100);
  const std::string active = rig.published("telemetry").back();
  CHECK(member(active, "target") == "0.0123" && member(active, "state") == "\"active\"");
  CHECK(member(active, "cause") == "\"\"");
}

TEST("telemetry that was refused is not counted, and there is no burst after it") {
  Rig rig;
  rig.goOnline();
  rig.transport.hasRoom = false;
  rig.run(950);
  rig.transport.hasRoom = true;
  const size_t before = rig.published("telemetry").size();
  rig.run(500);
  CHECK(countsUp(rig.published("telemetry")));
  CHECK(rig.published("telemetry").size() - before >= 5 && rig.published("telemetry").size() - before <= 6);
}

TEST("telemetry goes on counting in the next session") {
  Rig rig;
  rig.goOnline();
  rig.run(500);
  rig.transport.close();
  rig.goOnline();
  rig.run(500);
  CHECK(rig.device.counters().lostSessions == 1 && countsUp(rig.published("telemetry")));
}

TEST("t_us goes on over the wraps of the microsecond clock, and freshness over those of the other") {
  Rig rig;
  rig.board.offsetUs = 0xFFFFFFFF - 1000000;
  rig.board.offsetMs = 0xFFFFFFFF - 2000;
  rig.goOnline();
  const uint64_t first = timeOf(rig.published("telemetry").at(0));
  CHECK(first >= 0xFFFFFFFF - 1000000 && first < 0xFFFFFFFF);
  for (int i = 0; i < 60; ++i) {
    CHECK(rig.command(++rig.seq).find("true") != std::string::npos);
    rig.run(47);
  }
  const auto telemetry = rig.published("telemetry");
  bool isEven = true;
  for (size_t i = 1; i < telemetry.size(); ++i) {
    isEven = isEven && timeOf(telemetry[i]) - timeOf(telemetry[i - 1]) == 100000;
  }
  CHECK(isEven && timeOf(telemetry.back()) > 0xFFFFFFFF && countsUp(telemetry));
  CHECK(rig.device.counters().lostSessions == 0 && rig.device.counters().overruns == 0);
}

TEST("several turns of the microsecond clock add up") {
  twin::WideClock clock;
  uint64_t us = 5000000000U;
  clock.update(static_cast<uint32_t>(us));
  const uint64_t offset = us - clock.us();
  for (int i = 0; i < 100; ++i) {
    us += 4000000000U;
    clock.update(static_cast<uint32_t>(us));
    CHECK(clock.us() == us - offset);
  }
}
