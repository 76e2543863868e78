#include "rig.hpp"
#include "runner.hpp"

using namespace test;

namespace {

bool isTaken(const std::string& ack) { return ack == R"({"id":"c","ok":true})"; }
std::string reason(const std::string& ack) { return member(ack, "reason"); }

}  // namespace

TEST("a command is answered with its id") {
  Rig rig;
  rig.goOnline();
  CHECK(isTaken(rig.command(7)));
  CHECK(rig.device.state() == twin::State::kActive && rig.device.cause() == twin::Cause::kNone);
  CHECK(rig.device.target() == 0.02F);
}

TEST("a retained command is refused before all else") {
  Rig rig;
  rig.goOnline();
  rig.deliver(R"({"id":"r","seq":1,"ref":0,"ttl_ms":9,"signals":{"target":0}})", true);
  rig.deliver("not even JSON", true);
  rig.run(5);
  CHECK(rig.published("ack").at(0) == R"({"id":"r","ok":false,"reason":"retained"})");
  CHECK(rig.published("ack").at(1) == R"({"id":"","ok":false,"reason":"retained"})");
  CHECK(rig.device.state() == twin::State::kFailsafe);
}

TEST("malformed commands are answered without moving the sequence") {
  Rig rig;
  rig.goOnline();
  CHECK(rig.commandAs("") == R"({"id":"","ok":false,"reason":"malformed"})");
  CHECK(rig.commandAs(R"({"id":"\"é\n"})") == R"({"id":"\"é\u000a","ok":false,"reason":"malformed"})");
  CHECK(reason(rig.command(50, R"({"target":"x"})")) == "\"malformed\"");
  CHECK(isTaken(rig.command(1)));
}

TEST("a sequence number that is not newer is a replay, and the last one is told") {
  Rig rig;
  rig.goOnline();
  CHECK(isTaken(rig.command(7)));
  CHECK(rig.command(7) == R"({"id":"c","ok":false,"reason":"replay","seq":7})");
  CHECK(rig.command(6) == R"({"id":"c","ok":false,"reason":"replay","seq":7})");
  CHECK(isTaken(rig.command(8)));
}

TEST("sequence numbers are compared exactly above 2^24") {
  Rig rig;
  rig.goOnline();
  CHECK(isTaken(rig.command(16777216)));
  CHECK(isTaken(rig.command(16777217)));
  CHECK(reason(rig.command(16777217)) == "\"replay\"");
  CHECK(isTaken(rig.command(16777218)));
}

TEST("sequence numbers go round over 2^31 and 2^32") {
  Rig rig;
  rig.goOnline();
  CHECK(isTaken(rig.command(0x7FFFFFFF)));
  CHECK(isTaken(rig.command(0x80000000)));
  CHECK(isTaken(rig.command(0xFFFFFFFE)));
  CHECK(isTaken(rig.command(0xFFFFFFFF)));
  CHECK(isTaken(rig.command(0)));
  CHECK(rig.command(0xFFFFFFFF) == R"({"id":"c","ok":false,"reason":"replay","seq":0})");
  CHECK(reason(rig.command(0x80000000)) == "\"replay\"");  // half the circle exactly is not newer
  CHECK(isTaken(rig.command(0x7FFFFFFF)));
}

TEST("the first sequence number of a boot may be any") {
  for (const uint32_t first : {0U, 1U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
    Rig rig;
    rig.goOnline();
    CHECK(isTaken(rig.command(first)));
  }
}

TEST("a reference of more than 600 ms ago, ahead or unknown is late, and moves no sequence") {
  Rig rig;
  rig.goOnline();
  rig.run(3000);
  const auto withRef = [&](uint32_t ref) {
    return reason(rig.commandAs(R"({"id":"c","seq":90,"ref":)" + std::to_string(ref) +
                                R"(,"ttl_ms":250,"signals":{"target":0.01}})"));
  };
  const uint32_t newest = rig.device.nextTelemetry() - 1;
  CHECK(withRef(newest - 7) == "\"late\"");
  CHECK(withRef(newest + 1) == "\"late\"");
  CHECK(withRef(newest - 32) == "\"late\"");
  CHECK(withRef(newest - 1000) == "\"late\"");
  CHECK(withRef(0xFFFFFFFF) == "\"late\"");
  CHECK(withRef(newest - 5).empty());
}

TEST("telemetry counts as fresh for 600 ms exactly, over a wrap of the clock too") {
  for (const uint32_t start : {1000U, 0xFFFFFF00U, 0xFFFFFFFFU - 599U}) {
    twin::SendTimes times;
    CHECK(!times.isFresh(0, start));
    times.sent(start);
    CHECK(times.isFresh(0, start) && times.isFresh(0, start + 600) && !times.isFresh(0, start + 601));
    CHECK(!times.isFresh(1, start) && !times.isFresh(0xFFFFFFFF, start));
  }
}

TEST("old telemetry does not come back to life when the clock has gone round") {
  twin::SendTimes times;
  times.sent(1000);
  times.forget(1601);
  CHECK(!times.isFresh(0, 1000));
}

TEST("of much telemetry the newest 32 are known") {
  twin::SendTimes times;
  for (int i = 0; i < 100; ++i) times.sent(5);
  CHECK(times.isFresh(99, 5) && times.isFresh(68, 5) && !times.isFresh(67, 5) && !times.isFresh(100, 5));
}

TEST("commands are refused before there is telemetry to refer to") {
  Rig rig;
  rig.isBrokerSilent = true;
  rig.run(2);
  rig.transport.inbound += bytes({0x20, 2, 0, 0});
  rig.deliver(R"({"id":"e","seq":1,"ref":0,"ttl_ms":9,"signals":{"target":0}})");
  rig.run(1);
  CHECK(rig.published("ack").at(0) == R"({"id":"e","ok":false,"reason":"late"})");
}

TEST("another signal, none or two are unknown, and move the sequence") {
  Rig rig;
  rig.goOnline();
  CHECK(reason(rig.command(1, R"({"led":true})")) == "\"unknown signal\"");
  CHECK(reason(rig.command(2, "{}")) == "\"unknown signal\"");
  CHECK(reason(rig.command(3, R"({"target":0.01,"duty":1})")) == "\"unknown signal\"");
  CHECK(reason(rig.command(3)) == "\"replay\"");
  CHECK(rig.device.state() == twin::State::kFailsafe);
}

TEST("the limits belong to the range, and nothing beyond them does") {
  Rig rig;
  rig.goOnline();
  CHECK(isTaken(rig.command(1, R"({"target":0.04})")));
  CHECK(isTaken(rig.command(2, R"({"target":0})")));
  CHECK(isTaken(rig.command(3, R"({"target":-0.0})")));
  for (const char* target : {"0.0400001", "-1e-9", "1e999", "-1e999", "4"}) {
    CHECK(reason(rig.command(++rig.seq, std::string(R"({"target":)") + target + "}")) == "\"outside limits\"");
  }
  CHECK(rig.device.target() == 0.0F);
}

TEST("a fault that holds refuses, and its end does not wake the joint") {
  Rig rig;
  rig.goOnline();
  rig.board.hasSensor = false;
  rig.run(5);
  CHECK(reason(rig.command(1)) == "\"sensor\"");
  rig.board.supply = 5.0F;
  rig.run(5);
  CHECK(reason(rig.command(2)) == "\"supply\"");
  rig.board.supply = 12.0F;
  rig.board.hasSensor = true;
  rig.run(500);
  CHECK(rig.device.state() == twin::State::kFailsafe);
  CHECK(isTaken(rig.command(3)));
}

TEST("an answer that finds no room is counted, and the command stands") {
  Rig rig;
  rig.goOnline();
  rig.transport.hasRoom = false;
  CHECK(rig.command(1).empty());
  CHECK(rig.device.counters().droppedAcks == 1 && rig.device.state() == twin::State::kActive);
}
