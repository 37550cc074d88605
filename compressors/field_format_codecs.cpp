#include "compressors/field_format_codecs.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <zstd.h>

#include "compressors/container/container.hpp"
#include "compressors/stages/container_codec.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/formats/snapshot.hpp"

namespace volpress::compressors {
namespace {

using formats::SnapshotWrapping;

constexpr std::string_view kSnapshot = "snapshot";
constexpr std::array<std::string_view, 1> kChunks{kSnapshot};
constexpr int kZstdLevel = 19;
constexpr std::uint64_t kMostRatio = 1024;  // of a snapshot and what it packs into
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;  // of a snapshot

Result<Bytes> writeSnapshot(const HashGridField& field, SnapshotWrapping wrapping,
                            const RunContext& context) {
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  return formats::writeSnapshot(field, wrapping);
}

Result<HashGridField> readSnapshot(ByteView file, RunContext& context) {
  return formats::readSnapshot(file, context.log);
}

class SnapshotCodec final : public FieldCodec {
public:
  [[nodiscard]] const CodecInfo& info() const override { return m_info; }
  [[nodiscard]] bool recognises(ByteView head) const override { return formats::isSnapshot(head); }
  [[nodiscard]] Result<void> check(const HashGridField& field,
                                   const ParamSet& /*params*/) const override {
    return validate(field);
  }
  [[nodiscard]] Result<Bytes> encode(const HashGridField& field, const ParamSet& params,
                                     RunContext& context) const override {
    return writeSnapshot(field,
                         paramChoice(params, "effort") == "best" ? SnapshotWrapping::GzipBest
                                                                 : SnapshotWrapping::Gzip,
                         context);
  }
  [[nodiscard]] Result<HashGridField> decode(ByteView file, RunContext& context) const override {
    return readSnapshot(file, context);
  }
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    return std::vector<ByteShare>{{std::string(kSnapshot), file.size()}};
  }

private:
  static CodecInfo makeInfo() {
    CodecInfo info;
    info.id = "ingp";
    info.label = "Instant-NGP snapshot";
    info.summary = "The file that Instant-NGP itself writes and reads: every number, in gzip.";
    info.paper = "Müller, Evans, Schied, Keller: Instant NGP, SIGGRAPH 2022";
    info.extension = ".ingp";
    info.lossless = true;
    info.params = {choiceParam("effort", "Effort", "How hard gzip tries.", "Packing",
                               {{"original", "As the original program"}, {"best", "gzip -9"}})};
    info.presets = {
        {"default", "As the original", "What Instant-NGP writes.", {}},
        {"gzip", "gzip -9", "With gzip's greatest effort.", {{"effort", std::string("best")}}}};
    return info;
  }

  CodecInfo m_info = makeInfo();
};

class ZstdSnapshotCodec final : public FieldCodec {
public:
  [[nodiscard]] const CodecInfo& info() const override { return m_info; }
  [[nodiscard]] bool recognises(ByteView head) const override {
    return containerCodec(head) == m_info.id;
  }
  [[nodiscard]] Result<void> check(const HashGridField& field,
                                   const ParamSet& /*params*/) const override {
    return validate(field);
  }
  [[nodiscard]] Result<Bytes> encode(const HashGridField& field, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_TRY(const Bytes snapshot, writeSnapshot(field, SnapshotWrapping::None, context));
    Bytes packed(ZSTD_compressBound(snapshot.size()));
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), snapshot.data(), snapshot.size(), kZstdLevel);
    if (ZSTD_isError(size) != 0U) {
      return fail(ErrorCode::Internal, "zstd: {}", ZSTD_getErrorName(size));
    }
    // A field of zeros packs beyond what a reader believes: it is padded.
    packed.resize(std::max<std::size_t>(size, snapshot.size() / kMostRatio + 1));
    std::fill(packed.begin() + static_cast<std::ptrdiff_t>(size), packed.end(), std::byte{0});
    Container container = newContainer(m_info, params);
    container.chunks.push_back({std::string(kSnapshot), std::move(packed), Packing::Stored, true});
    return writeContainer(container, context.stop);
  }
  [[nodiscard]] Result<HashGridField> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, openContainer(m_info, kChunks, file, context.stop));
    VOLPRESS_TRY(const ByteView packed, container.require(kSnapshot));
    const std::size_t frame = ZSTD_findFrameCompressedSize(packed.data(), packed.size());
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    const std::uint64_t allowed = std::min(kMostBytes, kMostRatio * packed.size());
    if (ZSTD_isError(frame) != 0U || size > allowed) {
      return fail(ErrorCode::CorruptData, "the snapshot is no zstd frame of at most {} bytes",
                  allowed);
    }
    Bytes snapshot(size);
    if (ZSTD_decompress(snapshot.data(), snapshot.size(), packed.data(), frame) != size) {
      return fail(ErrorCode::CorruptData, "the snapshot's zstd frame is damaged");
    }
    return readSnapshot(snapshot, context);
  }
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    return containerBreakdown(file);
  }

private:
  static CodecInfo makeInfo() {
    CodecInfo info;
    info.id = "zstd";
    info.label = "zstd -19";
    info.summary =
        "Keeps every number of the snapshot: what a general-purpose packer alone achieves.";
    info.extension = ".vpc";
    info.lossless = true;
    return info;
  }

  CodecInfo m_info = makeInfo();
};

}  // namespace

const FieldCodec& snapshotCodec() {
  static const SnapshotCodec kCodec;
  return kCodec;
}

const FieldCodec& zstdSnapshotCodec() {
  static const ZstdSnapshotCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
