#include "scene/sequence/sequence_file.hpp"

#include <algorithm>
#include <cctype>

#include "scene/sequence/dgs_file.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/sog4d_file.hpp"

namespace volpress {
namespace {

std::string lowerExtension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

}  // namespace

bool isSequenceFileName(const std::filesystem::path& path) {
  const std::string extension = lowerExtension(path);
  return extension == ".4dgs" || extension == ".dgs" || extension == ".sog4d";
}

Result<OpenedSequenceFile> openSequenceFile(const std::filesystem::path& path) {
  const std::string extension = lowerExtension(path);
  if (extension == ".4dgs") {
    VOLPRESS_TRY(fourdgs::OpenedFile opened, fourdgs::openFourdgs(path));
    return OpenedSequenceFile{std::move(opened.frames), opened.framesPerSecond, "4dgs"};
  }
  if (extension == ".dgs") {
    VOLPRESS_TRY(OpenedDgs opened, openDgs(path));
    return OpenedSequenceFile{std::move(opened.frames), opened.framesPerSecond, "dgs"};
  }
  if (extension == ".sog4d") {
    VOLPRESS_TRY(auto frames, openSog4d(path));
    OpenedSequenceFile opened;
    opened.frames = std::move(frames);
    opened.formatId = "sog4d";
    return opened;
  }
  return fail(ErrorCode::NotThisFormat, "{}: is no file of a moving scene that can be read",
              path.string());
}

}  // namespace volpress
