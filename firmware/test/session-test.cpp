#include "rig.hpp"
#include "runner.hpp"

using namespace test;

namespace {

// Runs until the device has sent CONNECT, and leaves the rest to the test.
void connectOnly(Rig& rig) {
  rig.isBrokerSilent = true;
  rig.run(2);
}

}  // namespace

TEST("CONNECT asks for a clean session with a will") {
  Rig rig;
  connectOnly(rig);
  const Packet connect = rig.transport.written.at(0);
  CHECK(connect.header == 0x10);
  CHECK(connect.body == bytes({0, 4, 'M', 'Q', 'T', 'T', 4, 0x2E, 0, 2, 0, 7}) + "gripper" + bytes({0, 22}) +
                            "twin/v1/gripper/status" + bytes({0, 7}) + "offline");
}

TEST("CONNECT names user and password") {
  twin::Config config = gripperConfig();
  config.username = "u";
  config.password = "pw";
  Rig rig(config);
  connectOnly(rig);
  const std::string body = rig.transport.written.at(0).body;
  CHECK(static_cast<uint8_t>(body[7]) == 0xEE);
  CHECK(body.substr(body.size() - 7) == bytes({0, 1, 'u', 0, 2, 'p', 'w'}));
}

TEST("a session begins with the subscription, the birth and the status") {
  Rig rig;
  rig.goOnline();
  const auto& written = rig.transport.written;
  CHECK(rig.device.isOnline() && written.size() >= 5);
  CHECK(written[1].header == 0x82);
  CHECK(written[1].body == bytes({0, 1, 0, 23}) + "twin/v1/gripper/command" + bytes({0}));
  CHECK(written[2].header == 0x33 && written[2].leaf() == "birth");
  CHECK(written[3].header == 0x33 && written[3].leaf() == "status" && written[3].payload() == "online");
  CHECK(written[4].header == 0x30 && written[4].leaf() == "telemetry");
  CHECK(written[2].payload() ==
        R"({"firmware":"test 1","boot":17,"link":"tool0","joint":"left_finger","signals":{)"
        R"("position":{"unit":"m","joint":"left_finger","property":"position"},)"
        R"("velocity":{"unit":"m/s","joint":"left_finger","property":"velocity"},)"
        R"("target":{"unit":"m","joint":"left_finger","property":"position","writable":true,"min":0,"max":0.04},)"
        R"("duty":{},"supply":{"unit":"V"},"state":{"type":"string"},"cause":{"type":"string"}}})");
}

TEST("a supply that is not measured is no signal") {
  twin::Config config = gripperConfig();
  config.minSupplyV = 0.0F;
  Rig rig(config);
  rig.board.supply = twin::kNaN;
  rig.goOnline();
  CHECK(rig.published("birth").at(0).find("supply") == std::string::npos);
  CHECK(rig.published("telemetry").at(0).find("supply") == std::string::npos);
  CHECK(rig.command(1).find("true") != std::string::npos);
}

TEST("birth and status are said again, marked as repeated, until they are acknowledged") {
  Rig rig;
  connectOnly(rig);
  rig.transport.inbound += bytes({0x20, 2, 0, 0});
  rig.run(2);
  rig.transport.inbound += bytes({0x90, 3, 0, 1, 0});
  rig.run(10);
  CHECK(rig.published("birth").size() == 1 && !rig.device.isOnline());
  for (int i = 0; i < 3; ++i) {  // kept alive, but without PUBACK
    rig.transport.inbound += bytes({0xD0, 0});
    rig.run(1000);
  }
  CHECK(rig.published("birth").size() == 2 && rig.published("status").size() == 2);
  std::vector<Packet> births;
  for (const Packet& packet : rig.transport.written) {
    if (packet.type() == 3 && packet.leaf() == "birth") births.push_back(packet);
  }
  CHECK(births[1].header == 0x3B && births[1].atMs - births[0].atMs == 2000);
  CHECK(births[1].packetId() == births[0].packetId());
  rig.transport.inbound += bytes({0x40, 2, 0, 2, 0x40, 2, 0, 3, 0xD0, 0});
  rig.run(100);
  CHECK(rig.device.isOnline());
  rig.run(2500);
  CHECK(rig.published("birth").size() == 2);
}

TEST("a lost subscription is asked for again") {
  Rig rig;
  connectOnly(rig);
  rig.transport.inbound += bytes({0x20, 2, 0, 0, 0x40, 2, 0, 2, 0x40, 2, 0, 3});
  rig.run(1500);
  rig.transport.inbound += bytes({0xD0, 0});
  rig.run(600);
  int subscriptions = 0;
  for (const Packet& packet : rig.transport.written) subscriptions += packet.type() == 8 ? 1 : 0;
  CHECK(subscriptions == 2);
}

TEST("the status is confirmed once when the will of the start before must have come") {
  Rig rig;
  rig.goOnline();
  rig.run(20000);
  CHECK(rig.published("status").size() == 2);
  for (const std::string& status : rig.published("status")) CHECK(status == "online");
}

TEST("a quiet broker is pinged each second and given up after three without an answer") {
  Rig rig;
  rig.goOnline();
  rig.run(10000);
  CHECK(rig.device.counters().lostSessions == 0);
  rig.isBrokerSilent = true;
  rig.transport.written.clear();
  const uint32_t from = rig.transport.nowMs;
  while (rig.device.counters().lostSessions == 0) rig.run(1);
  int pings = 0;
  for (const Packet& packet : rig.transport.written) pings += packet.type() == 12 ? 1 : 0;
  CHECK(pings == 2 || pings == 3);
  CHECK(rig.transport.nowMs - from <= 3001);
}

TEST("something is sent within the keep-alive when telemetry is refused") {
  Rig rig;
  rig.goOnline();
  rig.transport.hasRoom = false;
  rig.run(900);
  rig.transport.hasRoom = true;
  rig.run(200);
  CHECK(rig.device.isOnline() && rig.transport.written.back().atMs + 200 >= rig.transport.nowMs);
}

TEST("attempts come with pauses of 0.25 s doubling to 4 s") {
  Rig rig;
  rig.transport.isReachable = false;
  rig.run(20000);
  const auto& opened = rig.transport.openedMs;
  const uint32_t pauses[] = {250, 500, 1000, 2000, 4000, 4000};
  CHECK(opened.size() >= 7 && opened[0] == 0);
  for (size_t i = 0; i + 1 < 7; ++i) CHECK(opened[i + 1] - opened[i] - pauses[i] <= 2);
}

TEST("after a session of 5 s the pauses begin anew, after a shorter one they do not") {
  Rig rig;
  rig.transport.isReachable = false;
  rig.run(3000);
  rig.transport.isReachable = true;
  rig.goOnline();
  rig.run(1000);
  rig.transport.openedMs.clear();
  uint32_t lost = rig.transport.nowMs;
  rig.transport.close();
  rig.goOnline();
  CHECK(rig.transport.openedMs.at(0) - lost >= 3900);
  rig.run(6000);
  rig.transport.openedMs.clear();
  lost = rig.transport.nowMs;
  rig.transport.close();
  rig.goOnline();
  CHECK(rig.transport.openedMs.at(0) - lost <= 260);
}

TEST("a greeting without an answer is given up") {
  Rig rig;
  connectOnly(rig);
  rig.run(3400);
  CHECK(rig.transport.openedMs.size() == 2);
}

TEST("leaving says offline, then goodbye, and never comes back") {
  Rig rig;
  rig.goOnline();
  rig.stream(0.03F, 200);
  rig.device.leave();
  CHECK(rig.board.duty == 0.0F);
  rig.run(50);
  CHECK(rig.device.hasLeft());
  CHECK(rig.published("status").back() == "offline");
  CHECK(rig.transport.written.back().header == 0xE0);
  rig.transport.openedMs.clear();
  rig.run(10000);
  CHECK(rig.transport.openedMs.empty() && rig.device.state() == twin::State::kFailsafe);
}

TEST("leaving without a session or an answer ends too") {
  Rig offline;
  offline.transport.isReachable = false;
  offline.run(10);
  offline.device.leave();
  offline.run(2);
  CHECK(offline.device.hasLeft());
  Rig silent;
  silent.goOnline();
  silent.isBrokerSilent = true;
  silent.device.leave();
  silent.run(1010);
  CHECK(silent.device.hasLeft());
}
