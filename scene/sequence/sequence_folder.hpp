// Sequences as people have them: folders of numbered scene files.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress {

/// How a folder is laid out.
enum class SequenceLayout : std::uint8_t {
  Numbered,     ///< name_00001.ply, name_00002.ply, ... of any one format
  DualGs,       ///< a DualGS run: ckt/point_cloud_N.ply, track/ckt/..., joint_opt/joint_RT_N.npz
  Gaussians4d,  ///< a 4DGaussians export: gaussian_pertimestamp/time_00000.ply
  OneFile,      ///< no folder: see sequence_file.hpp
};
[[nodiscard]] const char* layoutWords(SequenceLayout layout);

/// The frames of a folder, by their numbers.
struct SequenceFiles {
  SequenceLayout layout = SequenceLayout::Numbered;
  std::string formatId;  ///< of the frames
  std::vector<std::filesystem::path> frames;
  std::vector<std::uint64_t> numbers;  ///< of each frame, ascending
  /// Of a DualGS run: the joint Gaussians of each number that has them, and the files of joint
  /// matrices; both by number.
  std::vector<std::filesystem::path> joints;
  std::vector<std::filesystem::path> jointMatrices;
  std::vector<std::string> warnings;  ///< numbers that are missing, files that do not belong
};

/// Whether a folder, or a file by its name, holds a sequence rather than one scene: cheap, looks at
/// names only.
[[nodiscard]] bool looksLikeSequence(const std::filesystem::path& folder);

/// Finds the frames. NotThisFormat when there are fewer than two numbered scene files;
/// CorruptData when two have the same number, or two sets of names are equally large.
[[nodiscard]] Result<SequenceFiles> findSequence(const std::filesystem::path& folder);

/// The same of files with one of these endings (".obj") that lie in the folder itself, whatever
/// they hold; `formatId` stays empty.
[[nodiscard]] Result<SequenceFiles> findNumberedFiles(const std::filesystem::path& folder,
                                                      std::span<const char* const> endings);

/// Reads frames from their files through the registered formats.
[[nodiscard]] std::shared_ptr<const FrameSource> makeFileSource(
    std::vector<std::filesystem::path> frames);

/// "frame_00012.ply": the name of frame 12 in a folder that is written.
[[nodiscard]] std::string frameName(std::size_t index, const std::string& extension);

}  // namespace volpress
