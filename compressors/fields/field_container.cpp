#include "compressors/fields/field_container.hpp"

#include <array>

#include "compressors/fields/network_weights.hpp"
#include "compressors/fields/number_coder.hpp"
#include "compressors/fields/occupancy_coder.hpp"
#include "compressors/stages/container_codec.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/formats/snapshot.hpp"

namespace volpress::compressors {
namespace {

constexpr const char* kKeepTraining = "keep_training";
constexpr std::string_view kDocument = "document";
constexpr std::string_view kOccupancy = "occupancy";
constexpr std::string_view kSaliency = "saliency";
constexpr std::string_view kNetworks = "networks";
constexpr std::string_view kWeights = "weights";
constexpr std::size_t kMostLevels = 32;
/// Parameters that a file may stand for: some always, and many a byte, as zeros cost nothing.
constexpr std::uint64_t kAlwaysParameters = std::uint64_t{1} << 22;
constexpr std::uint64_t kParametersAByte = 4096;

const std::array<std::string, kMostLevels>& levelNames() {
  static const std::array<std::string, kMostLevels> kNames = [] {
    std::array<std::string, kMostLevels> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] = fmt::format("level-{}", i);
    }
    return names;
  }();
  return kNames;
}

}  // namespace

ParamSpec keepTrainingParam() {
  return flagParam(kKeepTraining, "Keep the training state",
                   "Keeps optimiser state and per-image corrections of the snapshot, at the price "
                   "of size.",
                   "Content");
}

FieldContainerCodec::FieldContainerCodec(CodecInfo info,
                                         std::span<const std::string_view> ownChunks)
    : m_info(std::move(info)),
      m_knownChunks{kDocument, kOccupancy, kSaliency, kNetworks, kWeights} {
  m_knownChunks.insert(m_knownChunks.end(), levelNames().begin(), levelNames().end());
  m_knownChunks.insert(m_knownChunks.end(), ownChunks.begin(), ownChunks.end());
}

std::string FieldContainerCodec::levelChunk(std::size_t level) { return levelNames().at(level); }

bool FieldContainerCodec::recognises(ByteView head) const {
  return containerCodec(head) == m_info.id;
}

Result<void> FieldContainerCodec::check(const HashGridField& field, const ParamSet& params) const {
  VOLPRESS_CHECK(completeParams(m_info.params, params));
  return validate(field);
}

Result<std::vector<ByteShare>> FieldContainerCodec::breakdown(ByteView file) const {
  VOLPRESS_CHECK(openContainer(m_info, m_knownChunks, file, {}));
  return containerBreakdown(file);
}

Result<Container> FieldContainerCodec::begin(const HashGridField& field,
                                             const ParamSet& params) const {
  Container container = newContainer(m_info, params);
  VOLPRESS_TRY(Bytes document, formats::snapshotDocument(field, paramBool(params, kKeepTraining)));
  container.chunks.push_back({std::string(kDocument), std::move(document), Packing::Zstd, true});
  return container;
}

void FieldContainerCodec::addOccupancy(Container& container, const HashGridField& field) {
  if (!field.occupancy.empty()) {
    container.chunks.push_back(
        {std::string(kOccupancy), fields::encodeOccupancy(field.occupancy), Packing::Stored, true});
  }
}

void FieldContainerCodec::addMask(Container& container, const fields::SaliencyMask& mask) {
  container.chunks.push_back(
      {std::string(kSaliency), fields::encodeMask(mask), Packing::Stored, true});
}

void FieldContainerCodec::addNetworks(Container& container, const HashGridField& field) {
  const std::vector<std::uint32_t> networks =
      fields::patternsOf({field.parameters.data(), field.gridFirst()}, field.storesHalf);
  container.chunks.push_back(
      {std::string(kNetworks),
       fields::encodeNumbers(networks, fields::layoutOf(field.storesHalf, 1)), Packing::Stored,
       true});
}

void FieldContainerCodec::addWeights(Container& container, const HashGridField& field,
                                     const FloatArray& sensitivity, double lambda) {
  container.chunks.push_back({std::string(kWeights),
                              fields::encodeNetworkWeights(field, sensitivity, lambda),
                              Packing::Stored, true});
}

Result<FieldContainerCodec::Opened> FieldContainerCodec::open(ByteView file,
                                                              RunContext& context) const {
  Opened opened;
  VOLPRESS_TRY(opened.container, openContainer(m_info, m_knownChunks, file, context.stop));
  VOLPRESS_TRY(const ByteView document, opened.container.require(kDocument));
  VOLPRESS_TRY(opened.field, formats::fieldOfDocument(document, context.log));
  HashGridField& field = opened.field;
  const std::uint64_t count = field.gridFirst() + gridParameters(field.grid);
  const std::uint64_t allowed = kAlwaysParameters + kParametersAByte * file.size();
  if (count > allowed) {
    return fail(ErrorCode::CorruptData, "{}: {} parameters in {} bytes, allowed are {}",
                m_info.label, count, file.size(), allowed);
  }
  if (opened.container.find(kOccupancy) != nullptr) {
    VOLPRESS_TRY(const ByteView stream, opened.container.require(kOccupancy));
    VOLPRESS_TRY(field.occupancy, fields::decodeOccupancy(stream, field.cascades()));
  }
  if (opened.container.find(kSaliency) != nullptr) {
    VOLPRESS_TRY(const ByteView stream, opened.container.require(kSaliency));
    VOLPRESS_TRY(const fields::SaliencyMask mask, fields::decodeMask(stream, field.cascades()));
    field.occupancy = fields::maskOccupancy(mask);
  }
  field.parameters.assign(static_cast<std::size_t>(count), 0.0F);
  return opened;
}

Result<void> FieldContainerCodec::readNetworks(Opened& opened) {
  HashGridField& field = opened.field;
  if (opened.container.find(kWeights) != nullptr) {
    VOLPRESS_TRY(const ByteView weights, opened.container.require(kWeights));
    return fields::decodeNetworkWeights(weights, field);
  }
  VOLPRESS_TRY(const ByteView stream, opened.container.require(kNetworks));
  VOLPRESS_TRY(
      const std::vector<std::uint32_t> networks,
      fields::decodeNumbers(stream, field.gridFirst(), fields::layoutOf(field.storesHalf, 1)));
  fields::fromPatterns(networks, field.storesHalf, {field.parameters.data(), networks.size()});
  return {};
}

}  // namespace volpress::compressors
