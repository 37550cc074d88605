// What field_learn_rays.comp and field_learn_samples.comp are run with and read.
#include "field_learning_layout.h"
#include "pointers.glsl"

layout(local_size_x = VP_LEARN_GROUP) in;
layout(push_constant) uniform Push { LearnPush push; };

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Floats { float at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Rays { LearnRay at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Constants {
  FieldConstants of;
};
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Batch {
  LearnBatch of;
};
