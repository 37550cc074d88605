// The kinds of edits, and their text forms.
#include <cmath>

#include "scene/edit/operations.hpp"

namespace volpress::edit {
namespace {

constexpr double kFar = 1e9;

ParamSpec real(std::string id, std::string label, std::string help, double value, double low,
               double high, std::string unit = {}, bool logarithmic = false) {
  return {std::move(id),
          std::move(label),
          std::move(help),
          std::move(unit),
          "",
          value,
          ParamRange{low, high, 0, logarithmic},
          {},
          false};
}

ParamSpec place(std::string id, std::string label, double value) {
  return real(std::move(id), std::move(label), "A coordinate in the scene's own units.", value,
              -kFar, kFar);
}

ParamSpec keepSpec() {
  return {"keep",
          "Keep",
          "Which splats stay, by where their centres lie.",
          "",
          "",
          std::string("inside"),
          std::nullopt,
          {{"inside", "What is inside"}, {"outside", "What is outside"}},
          false};
}

std::vector<EditKind> makeKinds() {
  return {
      {"crop-box",
       "Crop to a box",
       "Keeps the splats whose centres lie inside (or outside) a box along the scene's axes.",
       {place("min_x", "From x", -1), place("min_y", "From y", -1), place("min_z", "From z", -1),
        place("max_x", "To x", 1), place("max_y", "To y", 1), place("max_z", "To z", 1),
        keepSpec()}},
      {"crop-sphere",
       "Crop to a sphere",
       "Keeps the splats whose centres lie inside (or outside) a sphere.",
       {place("x", "Centre x", 0), place("y", "Centre y", 0), place("z", "Centre z", 0),
        real("radius", "Radius", "From the centre, in the scene's own units.", 1, 1e-9, kFar, "",
             true),
        keepSpec()}},
      {"min-opacity",
       "Remove faint splats",
       "Removes splats whose opacity is below a limit: below 1/255 (0.4 %) they are never drawn, "
       "above that haze goes.",
       {real("opacity", "Least opacity", "0 is invisible, 1 is solid.", 0.0039, 0, 1)}},
      {"max-scale",
       "Remove large splats",
       "Removes splats that are larger than a limit along any axis, such as fog and sky shells.",
       {real("size", "Largest size", "One standard deviation, in the scene's own units.", 1, 1e-9,
             kFar, "", true)}},
      {"min-scale",
       "Remove tiny splats",
       "Removes splats that are smaller than a limit along every axis: they show next to nothing.",
       {real("size", "Least size", "One standard deviation, in the scene's own units.", 0.0001,
             1e-12, kFar, "", true)}},
      {"remove-floaters",
       "Remove floaters",
       "Removes splats that hang alone: the mean distance to their neighbours is many times the "
       "size of the splats there.",
       {real("distance", "Distance",
             "In sizes of the splats around: lower removes more, and thin structures first.", 3, 1,
             1000, "x", true)}},
      {"remove-outliers",
       "Remove far outliers",
       "Removes splats far from the middle of the scene: beyond this many times the distance that "
       "nine in ten do not exceed.",
       {real("distance", "Distance", "In radii of the scene's dense part: lower removes more.", 5,
             1, 1e6, "x", true)}},
      {"translate",
       "Move",
       "Moves the scene.",
       {place("x", "Along x", 0), place("y", "Along y", 0), place("z", "Along z", 0)}},
      {"rotate",
       "Rotate",
       "Turns the scene about its origin: about x, then y, then z. Colours turn along.",
       {real("x", "About x", "Right-handed.", 0, -360, 360, "°"),
        real("y", "About y", "Right-handed.", 0, -360, 360, "°"),
        real("z", "About z", "Right-handed.", 0, -360, 360, "°")}},
      {"scale",
       "Resize",
       "Resizes the scene about its origin.",
       {real("factor", "Factor", "2 makes everything twice as large.", 1, 1e-6, 1e6, "x", true)}},
      {"sh-degree",
       "Cut view-dependent colour",
       "Keeps SH bands up to a degree: 0 leaves one colour a splat, whatever the view.",
       {{"degree",
         "SH degree",
         "Lower is smaller; sheen and highlights go first.",
         "",
         "",
         std::int64_t{0},
         ParamRange{0, kMaxShDegree, 1, false},
         {},
         false}}}};
}

Result<const EditKind*> kindOf(std::string_view id) {
  if (const EditKind* kind = findEditKind(id)) {
    return kind;
  }
  std::string known;
  for (const EditKind& kind : allEditKinds()) {
    known += (known.empty() ? "" : ", ") + kind.id;
  }
  return fail(ErrorCode::InvalidParameter, "there is no edit \"{}\"; there are {}", id, known);
}

std::string valueText(const EditOperation& operation, const ParamSpec& spec) {
  const auto given = operation.params.find(spec.id);
  return formatParamValue(given == operation.params.end() ? spec.defaultValue : given->second);
}

}  // namespace

std::span<const EditKind> allEditKinds() {
  static const std::vector<EditKind> kKinds = makeKinds();
  return kKinds;
}

const EditKind* findEditKind(std::string_view id) {
  for (const EditKind& kind : allEditKinds()) {
    if (kind.id == id) {
      return &kind;
    }
  }
  return nullptr;
}

Result<EditOperation> parseEdit(std::string_view id, std::string_view text) {
  VOLPRESS_TRY(const EditKind* kind, kindOf(id));
  EditOperation operation{kind->id};
  std::size_t index = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++index) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (index >= kind->params.size()) {
      return fail(ErrorCode::InvalidParameter, "{}: \"{}\" has more than {} values", id, text,
                  kind->params.size());
    }
    const ParamSpec& spec = kind->params[index];
    auto value = parseParamValue(spec, text.substr(begin, end - begin));
    if (!value) {
      return withContext(std::move(value).error(), std::string(id));
    }
    operation.params[spec.id] = std::move(*value);
    begin = end + 1;
  }
  return operation;
}

std::string formatEdit(const EditOperation& operation) {
  const EditKind* kind = findEditKind(operation.kind);
  std::string text;
  for (std::size_t i = 0; kind != nullptr && i < kind->params.size(); ++i) {
    text += (i == 0 ? "" : ",") + valueText(operation, kind->params[i]);
  }
  return text;
}

std::string describeEdit(const EditOperation& operation) {
  const EditKind* kind = findEditKind(operation.kind);
  if (kind == nullptr) {
    return operation.kind;
  }
  std::string text = kind->label + ":";
  for (std::size_t i = 0; i < kind->params.size(); ++i) {
    const ParamSpec& spec = kind->params[i];
    // The corners of a box read as two points.
    text += operation.kind == "crop-box" && i == 3 ? " to " : i == 0 ? " " : ", ";
    text += valueText(operation, spec) + (spec.unit == "°" || spec.unit == "x" ? spec.unit : "");
  }
  return text;
}

}  // namespace volpress::edit
