// Between what is open in the window and what a project file holds. Qt-free.
#pragma once

#include "app/engine/project.hpp"
#include "app/studio/document.hpp"

namespace volpress::studio {

/// Sources, variants (the trash too) and sides of a document. What belongs to no entry (presets,
/// defaults, window state, extras) is left as `project` has it.
void storeDocument(const Document& document, engine::Project& project);
/// A document of it, with nothing loaded; entries whose file is not there are marked as missing.
[[nodiscard]] Document documentOf(const engine::Project& project);

}  // namespace volpress::studio
