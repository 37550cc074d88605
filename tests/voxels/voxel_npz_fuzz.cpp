// Voxel fields and StreamRF's differences. The first byte says what the rest is: a .npy, a pickle,
// or named arrays that are packed here, so that mutations get past the checksums of a ZIP.
#include <array>
#include <cstdlib>

#include "scene/formats/grid_delta.hpp"
#include "scene/formats/pickle.hpp"
#include "scene/formats/voxel_npz.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<std::string_view, 18> kNames{
    "links",     "radius",    "center",           "density_data", "sh_data",      "basis_type",
    "data",      "child",     "invradius3",       "offset",       "depth_limit",  "data_format",
    "mask_next", "mask_keep", "addition_density", "addition_sh",  "keep_density", "keep_sh"};

VoxelGrid tinyGrid(bool other) {
  VoxelGrid grid;
  grid.basis = 1;
  grid.mask = VertexMask(8);
  grid.mask.set(1);
  grid.mask.set(other ? 4 : 6);
  grid.mask.number();
  grid.density.assign(2, 3.0F);
  grid.sh.assign(6, other ? 1.0F : 0.5F);
  return grid;
}

/// The arrays of a .npz, each with the number of its name and its length.
Bytes unpacked(const Bytes& npz) {
  ByteWriter out;
  out.write(std::uint8_t{2});
  const auto archive = formats::ZipArchive::open(npz).value();
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const std::string name = std::string(kNames[i]) + ".npy";
    if (archive.find(name) != nullptr) {
      const Bytes bytes = archive.read(name).value();
      out.write(static_cast<std::uint8_t>(i));
      out.write(static_cast<std::uint16_t>(bytes.size()));
      out.append(bytes);
    }
  }
  return std::move(out).take();
}

Bytes packed(ByteView input) {
  std::vector<formats::NamedBytes> files;
  ByteReader reader(input);
  while (reader.remaining() != 0) {
    const auto index = reader.read<std::uint8_t>("name");
    const auto size = reader.read<std::uint16_t>("size");
    const auto bytes = size ? reader.take(*size, "bytes") : Result<ByteView>(reader.rest());
    if (!index || !bytes) {
      break;
    }
    files.push_back({std::string(kNames[*index % kNames.size()]) + ".npy",
                     Bytes(bytes->begin(), bytes->end())});
  }
  const auto zip = formats::writeZip(files, formats::ZipPacking::Stored);
  return zip ? *zip : Bytes();
}

}  // namespace

std::vector<Bytes> seedInputs() {
  VoxelTree tree;
  tree.shape.child.assign(16, 0);
  tree.shape.child[2] = 1;
  tree.basis = 1;
  tree.data.assign(64, 0.25F);
  const VoxelGrid before = tinyGrid(false);
  const auto delta = formats::makeDelta(&before, tinyGrid(true), {0.1F, 0.1F}).value();
  const std::array<std::uint64_t, 2> shape{2, 3};
  Bytes npy = formats::writeNpy("<f2", shape, Bytes(12), true);
  npy.insert(npy.begin(), std::byte{0});
  using namespace std::string_view_literals;
  constexpr std::string_view kPickle =
      "\x01\x80\x02}q\x01X\x01\x00\x00\x00"
      "acnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
      "K\x00\x85"
      "U\x01"
      "b\x87R(K\x01K\x02\x85"
      "cnumpy\ndtype\nX\x02\x00\x00\x00"
      "f2K\x00K\x01\x87R"
      "\x89"
      "U\x04"
      "abcdtbs."sv;
  const ByteView pickle = viewBytes(kPickle);
  return {npy, Bytes(pickle.begin(), pickle.end()),
          unpacked(formats::writeVoxelFile(before, formats::ZipPacking::Stored).value()),
          unpacked(formats::writeVoxelFile(tree, formats::ZipPacking::Stored).value()),
          unpacked(formats::writeDelta(delta, formats::ZipPacking::Stored).value())};
}

void runInput(ByteView input) {
  if (input.empty()) {
    return;
  }
  const ByteView rest = input.subspan(1);
  if (input[0] == std::byte{0}) {
    const auto array = formats::readNpy(rest, "fuzz");
    if (array && (array->floats() || array->integers() || array->text())) {
      return;
    }
  } else if (input[0] == std::byte{1}) {
    (void)formats::readPickledArrays(rest);
  } else {
    const Bytes zip = packed(rest);
    std::vector<std::string> warnings;
    const auto field = formats::readVoxelFile(zip, warnings);
    if (field && (!validate(*field) || !formats::writeVoxelFile(*field))) {
      std::abort();
    }
    const auto delta = formats::readDelta(zip);
    const auto next =
        delta ? formats::applyDelta(tinyGrid(false), *delta) : Result<VoxelGrid>(tinyGrid(false));
    if (next && !validate(*next)) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
