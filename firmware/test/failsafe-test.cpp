#include "rig.hpp"
#include "runner.hpp"

using namespace test;
using twin::Cause;
using twin::State;

namespace {

// An online device that is on its way to the upper end.
void drive(Rig& rig) {
  rig.goOnline();
  rig.stream(0.04F, 150);
  CHECK(rig.device.state() == State::kActive && rig.board.duty > 0.0F);
}

bool isStill(const Rig& rig, Cause cause) {
  return rig.device.state() == State::kFailsafe && rig.device.cause() == cause && rig.board.duty == 0.0F &&
         rig.device.duty() == 0.0F;
}

}  // namespace

TEST("the first step turns the drive off, with boot as the cause") {
  Rig rig;
  CHECK(rig.board.dutyCalls == 0);
  rig.run(1, 1000);
  CHECK(rig.board.dutyCalls > 0 && isStill(rig, Cause::kBoot));
  rig.run(5000);
  CHECK(isStill(rig, Cause::kBoot));
}

TEST("silence for 250 ms ends the drive") {
  for (const uint32_t offset : {0U, 0U - 400U, 0U - 500U, 0U - 300U}) {
    Rig rig;
    rig.board.offsetMs = offset;
    rig.board.offsetUs = offset * 1000U;
    drive(rig);
    rig.command(++rig.seq, R"({"target":0.04})");
    rig.run(240);
    CHECK(rig.device.state() == State::kActive);
    rig.run(10);
    CHECK(isStill(rig, Cause::kSilence));
    CHECK(rig.command(++rig.seq).find("true") != std::string::npos && rig.device.state() == State::kActive);
  }
}

TEST("a command's own time to live can only be shorter") {
  Rig rig;
  rig.goOnline();
  const auto send = [&](const char* ttl) {
    rig.commandAs(R"({"id":"c","seq":)" + std::to_string(++rig.seq) + R"(,"ref":)" +
                  std::to_string(rig.device.nextTelemetry() - 1) + R"(,"ttl_ms":)" + ttl +
                  R"(,"signals":{"target":0.03}})");
  };
  send("40");
  rig.run(30);
  CHECK(rig.device.state() == State::kActive);
  rig.run(10);
  CHECK(isStill(rig, Cause::kSilence));
  send("60000");
  rig.run(240);
  CHECK(rig.device.state() == State::kActive);
  rig.run(10);
  CHECK(isStill(rig, Cause::kSilence));
}

TEST("refused commands do not keep the drive on") {
  Rig rig;
  drive(rig);
  for (int i = 0; i < 6; ++i) {
    rig.command(rig.seq);
    rig.command(rig.seq + 10000, "{\"target\":9}", ",\"x\":[");
    rig.run(44);
  }
  CHECK(isStill(rig, Cause::kSilence));
}

TEST("a lost link ends the drive in the same step") {
  Rig rig;
  drive(rig);
  rig.transport.close();
  rig.run(1, 1000);
  CHECK(isStill(rig, Cause::kLink));
}

TEST("a broken protocol ends the drive in the same step") {
  Rig rig;
  drive(rig);
  rig.transport.inbound = bytes({0xF0, 0});
  rig.run(1, 1000);
  CHECK(isStill(rig, Cause::kLink));
}

TEST("after a lost link only a new command moves the joint") {
  Rig rig;
  drive(rig);
  rig.transport.close();
  rig.run(1);
  rig.goOnline();
  CHECK(rig.device.isOnline() && isStill(rig, Cause::kLink));
  CHECK(rig.command(++rig.seq).find("true") != std::string::npos);
  CHECK(rig.device.state() == State::kActive);
}

TEST("a sensor without a value ends the drive, and its position and velocity are left out") {
  Rig rig;
  drive(rig);
  rig.board.hasSensor = false;
  rig.run(1, 1000);
  CHECK(isStill(rig, Cause::kSensor));
  rig.run(200);
  const std::string telemetry = rig.published("telemetry").back();
  CHECK(member(telemetry, "position").empty() && member(telemetry, "velocity").empty());
  CHECK(member(telemetry, "cause") == "\"sensor\"");
  rig.board.hasSensor = true;
  rig.run(200);
  CHECK(isStill(rig, Cause::kSensor) && !member(rig.published("telemetry").back(), "position").empty());
}

TEST("a brown-out ends the drive, and so does a supply that cannot be judged") {
  for (const float volts : {8.9F, 0.0F, twin::kNaN}) {
    Rig rig;
    drive(rig);
    rig.board.supply = volts;
    rig.run(1, 1000);
    CHECK(isStill(rig, Cause::kSupply));
  }
}

TEST("a control step more than 50 ms late ends the drive and does not kick the watchdog") {
  Rig rig;
  drive(rig);
  rig.board.us += 49000;
  rig.run(1);
  CHECK(rig.device.state() == State::kActive);
  const int kicks = rig.board.kicks;
  rig.board.us += 52000;
  rig.run(1, 1000);
  CHECK(isStill(rig, Cause::kOverrun) && rig.board.kicks == kicks && rig.device.counters().overruns == 1);
  rig.run(10);
  CHECK(rig.board.kicks > kicks);
}

TEST("a stall of a whole turn of the microsecond clock is seen") {
  Rig rig;
  drive(rig);
  rig.board.us += uint64_t{1} << 32;
  rig.run(1, 1000);
  CHECK(rig.device.counters().overruns == 1 && rig.board.duty == 0.0F);
  CHECK(isStill(rig, Cause::kLink));  // no packet came in all that time either
}

TEST("a clock that jumps back ends the drive") {
  Rig rig;
  drive(rig);
  rig.board.offsetMs -= 5;
  rig.board.offsetUs -= 5000;
  rig.run(3);
  CHECK(rig.device.state() == State::kFailsafe && rig.board.duty == 0.0F);
}

TEST("the watchdog is kicked once a control step") {
  Rig rig;
  rig.run(1000);
  CHECK(rig.board.kicks >= 999 && rig.board.kicks <= 1001);
}
