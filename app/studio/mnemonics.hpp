// A letter to press for every entry of a menu.
#pragma once

class QMenuBar;

namespace volpress::studio {

/// Whenever a menu of the bar opens, entries without a mnemonic get the first letter of their text
/// that no other entry has: of word beginnings first, then any letter. Submenus too.
void giveMnemonics(const QMenuBar& bar);

}  // namespace volpress::studio
