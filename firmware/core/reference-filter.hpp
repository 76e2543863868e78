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

  float position() const { return reference_ - firstLag_ - secondLag_; }
  float velocity() const { return velocity_; }
  float acceleration() const { return acceleration_; }

 private:
  // How far each low-pass is behind its input, and not where it is: far from zero small motions would be lost in the
  // last bits of a position.
  float reference_ = 0.0F;
  float firstLag_ = 0.0F;
  float secondLag_ = 0.0F;
  float velocity_ = 0.0F;
  float acceleration_ = 0.0F;
};

}  // namespace twin
