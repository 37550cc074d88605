// Views of device memory by address.
#ifndef VOLPRESS_POINTERS_GLSL
#define VOLPRESS_POINTERS_GLSL
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint at[]; };

// The address `words` words on.
uvec2 advanced(uvec2 address, uint words) {
  uint carry;
  const uint low = uaddCarry(address.x, words << 2, carry);
  return uvec2(low, address.y + (words >> 30) + carry);
}
#endif
