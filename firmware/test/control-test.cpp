#include <cmath>

#include "core/joint-controller.hpp"
#include "core/reference-filter.hpp"
#include "core/reference-ramp.hpp"
#include "rig.hpp"
#include "runner.hpp"

using namespace test;

TEST("the ramp reaches its target at rest, within its limits, without overshoot") {
  for (const float target : {0.04F, -1.0F, 3.0F, 1e-5F, 100.0F}) {
    for (const float dt : {0.0005F, 0.001F, 0.02F}) {
      twin::ReferenceRamp ramp(0.8F, 2.0F);
      ramp.start(0.0F);
      float last = 0.0F;
      bool isGood = true;
      for (float t = 0.0F; t < 130.0F && ramp.position() != target; t += dt) {
        ramp.step(target, dt);
        isGood = isGood && std::fabs(ramp.velocity()) <= 0.8001F;
        isGood = isGood && std::fabs(ramp.velocity() - last) <= 2.0F * dt * 2.1F;
        isGood = isGood && std::fabs(ramp.position()) <= std::fabs(target) * 1.000001F;
        last = ramp.velocity();
      }
      CHECK(isGood && ramp.position() == target && ramp.velocity() == 0.0F);
    }
  }
}

TEST("the ramp turns round within its acceleration when the target jumps behind it") {
  twin::ReferenceRamp ramp(1.0F, 2.0F);
  ramp.start(0.0F);
  for (int i = 0; i < 700; ++i) ramp.step(1.0F, 0.001F);
  float greatest = 0.0F;
  float last = ramp.velocity();
  bool isGood = true;
  for (int i = 0; i < 5000; ++i) {
    ramp.step(0.0F, 0.001F);
    greatest = std::fmax(greatest, ramp.position());
    isGood = isGood && std::fabs(ramp.velocity() - last) <= 0.0042F;
    last = ramp.velocity();
  }
  CHECK(isGood && greatest <= 1.0F && ramp.position() == 0.0F);
}

TEST("a streamed target is reached within 0.3 mm, dead zone and lag and all") {
  for (const float target : {0.04F, 0.0F, 0.025F, 0.011F}) {
    Rig rig;
    rig.goOnline();
    rig.stream(target, 2500);
    CHECK(std::fabs(rig.board.joint.position() - target) < 0.0003F);
  }
}

TEST("the filter is never beyond its input, at any step, and gives what its position does") {
  for (const float dt : {0.0001F, 0.002F, 0.02F, 0.5F}) {
    twin::ReferenceFilter filter;
    filter.start(-1.0F);
    float last = -1.0F;
    float speed = 0.0F;
    bool isGood = true;
    for (int i = 0; i < 12000 && static_cast<float>(i) * dt < 30.0F * (0.04F + dt); ++i) {
      filter.step(0.5F, dt);
      isGood = isGood && filter.position() >= last - 1e-6F && filter.position() <= 0.5F;
      isGood = isGood && std::fabs(filter.velocity() - (filter.position() - last) / dt) < 2e-7F / dt + 1e-4F;
      isGood = isGood && std::fabs(filter.acceleration() - (filter.velocity() - speed) / dt) < 1e-5F / dt + 1e-2F;
      last = filter.position();
      speed = filter.velocity();
    }
    CHECK(isGood && std::fabs(filter.position() - 0.5F) < 1e-4F && std::fabs(filter.velocity()) < 1e-3F);
  }
}

TEST("the filter is 40 ms behind, without noise, far from zero and at uneven steps, too") {
  for (const float from : {0.0F, 100.0F, -1000.0F}) {
    twin::ReferenceFilter filter;
    filter.start(from);
    double way = 0.0;
    for (int i = 0; i < 4000; ++i) {
      const float dt = i % 10 == 0 ? 1e-5F : 0.001F;
      way += 0.5 * static_cast<double>(dt);
      filter.step(from + static_cast<float>(way), dt);
    }
    // What a position is made of, far from zero: steps of its last bit.
    const float bit = std::fabs(from) * 1.2e-7F;
    const double behind = static_cast<double>(from) + way - static_cast<double>(filter.position());
    CHECK(std::fabs(behind - 0.02) < 0.0005 + static_cast<double>(bit));
    CHECK(std::fabs(filter.velocity() - 0.5F) < 0.005F + bit / 0.02F);
    CHECK(std::fabs(filter.acceleration()) < 0.05F + bit / 0.0004F);
    const float end = from + static_cast<float>(way);
    for (int i = 0; i < 3000; ++i) filter.step(end, 0.0005F);
    CHECK(filter.position() == end && filter.velocity() == 0.0F);
  }
}

TEST("a slow move in steps of 40 ms does not shake the drive") {
  Rig rig;
  rig.goOnline();
  float change = 0.0F;
  float greatest = 0.0F;
  float last = 0.0F;
  for (int i = 1; i <= 50; ++i) {
    const float k = static_cast<float>(i) / 50.0F;
    const float way = k * k * k * (10.0F - 15.0F * k + 6.0F * k * k);
    rig.command(++rig.seq, "{\"target\":" + std::to_string(0.01F + 0.02F * way) + "}");
    for (int ms = 0; ms < 37; ++ms) {
      rig.run(1);
      if (i < 3) continue;  // it begins in another place
      change += std::fabs(rig.board.duty - last);
      greatest = std::fmax(greatest, std::fabs(rig.board.duty));
      last = rig.board.duty;
    }
  }
  CHECK(change < 4.0F && greatest < 0.25F);
}

TEST("a fast move does not run past its end, and does where the drive's lag is not made up for") {
  for (const bool isMadeUpFor : {true, false}) {
    twin::Config config = gripperConfig();
    if (!isMadeUpFor) config.kaff = 0.0F;
    Rig rig(config);
    rig.goOnline();
    rig.stream(0.005F, 2500);
    float furthest = 0.0F;
    for (int i = 0; i < 40; ++i) {
      rig.stream(0.03F, 50);
      furthest = std::fmax(furthest, rig.board.joint.position());
    }
    CHECK(isMadeUpFor ? furthest < 0.0304F : furthest > 0.0315F);
  }
}

TEST("the loop is as good at slow and uneven steps") {
  Rig rig;
  rig.goOnline();
  for (int i = 0; i < 50; ++i) {
    rig.command(++rig.seq, R"({"target":0.03})");
    rig.run(20, 700 + 200 * static_cast<uint32_t>(i % 17));
    rig.run(24, 1000);
  }
  CHECK(std::fabs(rig.board.joint.position() - 0.03F) < 0.0004F);
}

TEST("the drive begins softly from where the joint is") {
  Rig rig;
  rig.goOnline();
  rig.command(1, R"({"target":0.04})");
  CHECK(std::fabs(rig.board.duty) < 0.2F);
}

TEST("the integral part does not wind up against an end stop, and is gone after a failsafe") {
  twin::Config config = gripperConfig();
  config.upper = 0.08F;  // beyond the stop of the joint at 0.04
  Rig rig(config);
  rig.goOnline();
  rig.stream(0.08F, 3000);
  CHECK(rig.board.duty == 1.0F);
  rig.stream(0.03F, 2000);
  CHECK(std::fabs(rig.board.joint.position() - 0.03F) < 0.002F);
  rig.stream(0.08F, 3000);
  rig.run(400);
  const float rest = rig.board.joint.position();
  rig.command(++rig.seq, R"({"target":0.04})");
  rig.run(20);
  CHECK(std::fabs(rig.board.duty) < 0.2F && std::fabs(rig.board.joint.position() - rest) < 0.001F);
}

TEST("the velocity is that of the joint") {
  Rig rig;
  rig.goOnline();
  rig.command(1, R"({"target":0.04})");
  rig.run(247);
  rig.command(2, R"({"target":0.04})");
  rig.run(147);
  const float before = rig.board.joint.position();
  rig.run(10);
  const float mean = (rig.board.joint.position() - before) / 0.01F;
  const float told = std::strtof(member(rig.published("telemetry").back(), "velocity").c_str(), nullptr);
  CHECK(mean > 0.01F && std::fabs(told - mean) < 0.5F * mean);
}

TEST("values beyond all reason give a drive within its bounds") {
  twin::Config config = gripperConfig();
  twin::JointController controller(config);
  controller.measure(0.0F, 0.001F);
  controller.activate();
  controller.setTarget(0.04F);
  for (const float position : {1e38F, -3e38F, 3e38F, 0.0F, twin::kNaN, 1e-45F, 0.02F}) {
    controller.measure(position, 0.001F);
    if (!twin::isFinite(position)) continue;
    const float duty = controller.drive(0.001F);
    CHECK(duty >= -1.0F && duty <= 1.0F);
    CHECK(twin::isFinite(controller.velocity()));
  }
}
