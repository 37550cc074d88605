// RGB to luma and two chromas and back: an orthonormal change of basis.
#pragma once

namespace volpress::coding {

/// 3 floats each; the arrays may be the same.
void toLumaChroma(const float* rgb, float* lumaChroma);
void fromLumaChroma(const float* lumaChroma, float* rgb);

}  // namespace volpress::coding
