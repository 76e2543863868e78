#pragma once

namespace twin {

/// Rounds off a reference: two low-passes of 20 ms, one behind the other. A target that comes in steps, as set-points on a
/// network do, becomes a motion with a velocity and an acceleration that a drive can be fed with. It is 40 ms behind and
/// never beyond its input. Units are those of the joint, m or rad.
class ReferenceFilter {
 public:
  /// Starts at a position, at rest.
  void start(float position);

  /// Takes the reference of this step, `dt` s after the last one; stable at any `dt` above 0.
  void step(float reference, float dt);

  float position() const { return position_; }
  float velocity() const { return velocity_; }
  float acceleration() const { return acceleration_; }

 private:
  float first_ = 0.0F;
  float position_ = 0.0F;
  float velocity_ = 0.0F;
  float acceleration_ = 0.0F;
};

}  // namespace twin
