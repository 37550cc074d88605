<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>QObject</name>
    <message>
        <source>%1 dB or more</source>
        <translation>%1 dB oder mehr</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>%1 against float PLY</source>
        <translation>%1 gegenüber Float-PLY</translation>
    </message>
    <message>
        <source>mean %1, worst view %2</source>
        <translation>Mittel %1, schlechteste Ansicht %2</translation>
    </message>
    <message>
        <source>native %1, baked to SH %2</source>
        <translation>nativ %1, in SH gebacken %2</translation>
    </message>
    <message>
        <source>Note: %1</source>
        <translation>Notiz: %1</translation>
    </message>
    <message>
        <source> (changed)</source>
        <translation> (geändert)</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>pausing</source>
        <translation>hält an</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>took %1</source>
        <translation>dauerte %1</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>%1 splats, SH degree %2, %3</source>
        <translation>%1 Splats, SH-Grad %2, %3</translation>
    </message>
    <message>
        <source>from %1 to %2</source>
        <translation>von %1 bis %2</translation>
    </message>
    <message>
        <source>a typical splat is %1 large</source>
        <translation>ein typischer Splat ist %1 groß</translation>
    </message>
    <message>
        <source>%1 splats over a pixel, seen as a whole</source>
        <translation>%1 Splats über einem Pixel, im Ganzen gesehen</translation>
    </message>
    <message>
        <source>~%1 ± %2</source>
        <translation>~%1 ± %2</translation>
    </message>
    <message>
        <source>     ~%1 ± %2 dB</source>
        <translation>     ~%1 ± %2 dB</translation>
    </message>
    <message>
        <source>Volpress projects (*%1)</source>
        <translation>Volpress-Projekte (*%1)</translation>
    </message>
    <message>
        <source>exported as %1: %2, mean %3</source>
        <translation>exportiert als %1: %2, Mittel %3</translation>
    </message>
    <message>
        <source>edited: %1</source>
        <translation>bearbeitet: %1</translation>
    </message>
    <message>
        <source>made after: %1</source>
        <translation>entstanden nach: %1</translation>
    </message>
    <message>
        <source>The file is not there any more: choose Locate… in the menu.</source>
        <translation>Die Datei ist nicht mehr da: im Menü „Suchen…“ wählen.</translation>
    </message>
    <message>
        <source>interrupted, will resume</source>
        <translation>unterbrochen, geht weiter</translation>
    </message>
    <message>
        <source>%1 left then</source>
        <translation>dann noch %1</translation>
    </message>
    <message>
        <source>views %1</source>
        <translation>Ansichten %1</translation>
    </message>
    <message>
        <source>photographs %1</source>
        <translation>Fotos %1</translation>
    </message>
    <message>
        <source>memory %1</source>
        <translation>Speicher %1</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>höchstens %1</translation>
    </message>
    <message>
        <source>processor %1</source>
        <translation>Prozessor %1</translation>
    </message>
    <message numerus="yes">
        <source>%n encodes</source>
        <translation>
            <numerusform>%n Kodierung</numerusform>
            <numerusform>%n Kodierungen</numerusform>
        </translation>
    </message>
    <message>
        <source>target missed: %1</source>
        <translation>Ziel verfehlt: %1</translation>
    </message>
    <message>
        <source>not started yet</source>
        <translation>noch nicht gestartet</translation>
    </message>
    <message>
        <source>Scenes (%1)</source>
        <translation>Szenen (%1)</translation>
    </message>
    <message>
        <source>%1 against plain arrays and pictures</source>
        <translation>%1 gegenüber einfachen Feldern und Bildern</translation>
    </message>
    <message>
        <source>%1 against 16-bit parameters</source>
        <translation>%1 gegenüber 16-Bit-Parametern</translation>
    </message>
    <message>
        <source>surface: worst %1, RMS %2 of the diagonal; normals %3° mean</source>
        <translation>Oberfläche: höchstens %1, RMS %2 der Diagonale; Normalen im Mittel %3°</translation>
    </message>
    <message>
        <source>For still scenes of splats, not for moving ones</source>
        <translation>Für unbewegte Splat-Szenen, nicht für bewegte</translation>
    </message>
    <message>
        <source>For scenes of splats, not for meshes</source>
        <translation>Für Splat-Szenen, nicht für Netze</translation>
    </message>
    <message>
        <source>For scenes of splats, not for radiance fields</source>
        <translation>Für Splat-Szenen, nicht für Strahlungsfelder</translation>
    </message>
</context>
<context>
    <name>volpress::studio::AttributionPanel</name>
    <message>
        <source>Attribute the error</source>
        <translation>Fehler zuordnen</translation>
    </message>
    <message>
        <source>Swaps one attribute at a time and measures each over all views</source>
        <translation>Tauscht ein Attribut nach dem anderen aus und misst jedes über alle Ansichten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>No result on side B</source>
        <translation>Kein Ergebnis auf Seite B</translation>
    </message>
    <message>
        <source>Side B: %1</source>
        <translation>Seite B: %1</translation>
    </message>
    <message>
        <source>Compress a scene, or put a result on side B, to see which of its attributes costs how much quality.</source>
        <translation>Eine Szene komprimieren oder ein Ergebnis auf Seite B legen, um zu sehen, welches Attribut wie viel Qualität kostet.</translation>
    </message>
    <message>
        <source>Which attribute causes its error? Each one in turn is swapped with the original&apos;s, and the pictures of all views are measured.</source>
        <translation>Welches Attribut verursacht den Fehler? Jedes wird der Reihe nach gegen das des Originals getauscht, und die Bilder aller Ansichten werden gemessen.</translation>
    </message>
    <message>
        <source>The result with the original&apos;s %1, as a pane beside the others</source>
        <translation>Das Ergebnis mit %1 des Originals, als Feld neben den anderen</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Verbergen</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
</context>
<context>
    <name>volpress::studio::BookmarkPanel</name>
    <message>
        <source>B keeps the present view. Ctrl and a digit go back to it.</source>
        <translation>B merkt sich die jetzige Ansicht. Strg und eine Ziffer kehren zu ihr zurück.</translation>
    </message>
    <message>
        <source>Keep this view</source>
        <translation>Diese Ansicht merken</translation>
    </message>
    <message>
        <source>Keep the present view as a bookmark (B)</source>
        <translation>Die jetzige Ansicht als Lesezeichen merken (B)</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>Dorthin gehen</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Replace by the present view</source>
        <translation>Durch die jetzige Ansicht ersetzen</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ByteBars</name>
    <message>
        <source>Shown of scenes and variants whose files tell their parts.</source>
        <translation>Gezeigt von Szenen und Varianten, deren Dateien ihre Teile nennen.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::CameraPlan</name>
    <message>
        <source>The scene from above. Cameras open the way they look; hollow ones are held out.</source>
        <translation>Die Szene von oben. Kameras öffnen sich in Blickrichtung; hohle sind zurückgehalten.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::CameraTools</name>
    <message>
        <source>Rename bookmark</source>
        <translation>Lesezeichen umbenennen</translation>
    </message>
    <message>
        <source>Move bookmark</source>
        <translation>Lesezeichen verschieben</translation>
    </message>
    <message>
        <source>Remove bookmark</source>
        <translation>Lesezeichen entfernen</translation>
    </message>
    <message>
        <source>Change bookmark</source>
        <translation>Lesezeichen ändern</translation>
    </message>
    <message>
        <source>There are no bookmarks yet: B keeps the present view.</source>
        <translation>Es gibt noch keine Lesezeichen: B merkt sich die jetzige Ansicht.</translation>
    </message>
    <message>
        <source>Keep this view</source>
        <translation>Diese Ansicht merken</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>Go to bookmark</source>
        <translation>Zum Lesezeichen</translation>
    </message>
    <message>
        <source>Bookmark %1</source>
        <translation>Lesezeichen %1</translation>
    </message>
    <message>
        <source>Left button</source>
        <translation>Linke Taste</translation>
    </message>
    <message>
        <source>Orbits about the pivot</source>
        <translation>Kreist um den Drehpunkt</translation>
    </message>
    <message>
        <source>Looks around; W A S D Q E fly</source>
        <translation>Sieht sich um; W A S D Q E fliegen</translation>
    </message>
    <message>
        <source>Turns the turntable, which goes on by itself</source>
        <translation>Dreht den Drehteller, der von selbst weiterläuft</translation>
    </message>
    <message>
        <source>Up axis</source>
        <translation>Hochachse</translation>
    </message>
    <message>
        <source>Add key frame</source>
        <translation>Schlüsselbild hinzufügen</translation>
    </message>
    <message>
        <source>K</source>
        <translation>K</translation>
    </message>
    <message>
        <source>Play the camera path</source>
        <translation>Kamerafahrt abspielen</translation>
    </message>
    <message>
        <source>Ctrl+Space</source>
        <translation>Ctrl+Space</translation>
    </message>
    <message>
        <source>Export movie…</source>
        <translation>Film exportieren…</translation>
    </message>
    <message>
        <source>Ctrl+M</source>
        <translation>Ctrl+M</translation>
    </message>
    <message>
        <source>Measured views…</source>
        <translation>Gemessene Ansichten…</translation>
    </message>
    <message>
        <source>Ctrl+Shift+V</source>
        <translation>Ctrl+Shift+V</translation>
    </message>
    <message>
        <source>Add bookmark</source>
        <translation>Lesezeichen hinzufügen</translation>
    </message>
    <message>
        <source>Kept as %1</source>
        <translation>Gemerkt als %1</translation>
    </message>
    <message>
        <source>Change the camera path</source>
        <translation>Kamerafahrt ändern</translation>
    </message>
    <message>
        <source>The camera path is empty: K adds the present view as a key frame.</source>
        <translation>Die Kamerafahrt ist leer: K fügt die jetzige Ansicht als Schlüsselbild an.</translation>
    </message>
    <message>
        <source>%1: %2 frames, %3</source>
        <translation>%1: %2 Bilder, %3</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>Abgebrochen; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>New results are measured on %1 views of %2.</source>
        <translation>Neue Ergebnisse werden auf %1 Ansichten von %2 gemessen.</translation>
    </message>
    <message>
        <source>Save the camera path</source>
        <translation>Kamerafahrt speichern</translation>
    </message>
    <message>
        <source>Open a camera path</source>
        <translation>Kamerafahrt öffnen</translation>
    </message>
    <message>
        <source>Paths (*.json)</source>
        <translation>Kamerafahrten (*.json)</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Views can be chosen for scenes of splats. Meshes and radiance fields are measured from all around, or from the cameras that they came with.</source>
        <translation>Ansichten lassen sich für Splat-Szenen wählen. Netze und Strahlungsfelder werden von rundum gemessen, oder mit den Kameras, mit denen sie kamen.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ChartPanel</name>
    <message>
        <source>PSNR, mean of the views</source>
        <translation>PSNR, Mittel der Ansichten</translation>
    </message>
    <message>
        <source>PSNR, worst view</source>
        <translation>PSNR, schlechteste Ansicht</translation>
    </message>
    <message>
        <source>SSIM</source>
        <translation>SSIM</translation>
    </message>
    <message>
        <source>MS-SSIM</source>
        <translation>MS-SSIM</translation>
    </message>
    <message>
        <source>FLIP error (lower is better)</source>
        <translation>FLIP-Fehler (kleiner ist besser)</translation>
    </message>
    <message>
        <source>against size in bytes</source>
        <translation>gegen die Größe in Bytes</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Save as PNG, SVG or CSV…</source>
        <translation>Als PNG, SVG oder CSV sichern …</translation>
    </message>
    <message>
        <source>Click a dot to show it on side B. Draw a box to zoom in, double-click to zoom out.</source>
        <translation>Ein Klick auf einen Punkt zeigt ihn auf Seite B. Ein gezogener Kasten vergrößert, ein Doppelklick zeigt wieder alles.</translation>
    </message>
    <message>
        <source>Quality against size</source>
        <translation>Güte über Größe</translation>
    </message>
    <message>
        <source>Charts are saved as .png, .svg or .csv.</source>
        <translation>Diagramme werden als .png, .svg oder .csv gesichert.</translation>
    </message>
    <message>
        <source>The picture could not be made.</source>
        <translation>Das Bild ließ sich nicht erzeugen.</translation>
    </message>
    <message>
        <source>Click a dot to show it on side B. Draw a box to zoom in, double-click to zoom out. Each dot&apos;s quality is against the original that it was made of.</source>
        <translation>Ein Klick auf einen Punkt zeigt ihn auf Seite B. Ein Rahmen vergrößert, ein Doppelklick zeigt wieder alles. Die Qualität jedes Punktes gilt gegenüber dem Original, aus dem er entstand.</translation>
    </message>
    <message>
        <source>float PLY</source>
        <translation>Float-PLY</translation>
    </message>
    <message>
        <source>16-bit parameters</source>
        <translation>16-Bit-Parameter</translation>
    </message>
    <message>
        <source>plain arrays</source>
        <translation>einfache Felder</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ChartView</name>
    <message>
        <source>original as %1, %2</source>
        <translation>Original als %1, %2</translation>
    </message>
    <message>
        <source>Finished jobs appear here as dots.</source>
        <translation>Fertige Aufträge erscheinen hier als Punkte.</translation>
    </message>
    <message>
        <source>(in the trash)</source>
        <translation>(im Papierkorb)</translation>
    </message>
</context>
<context>
    <name>volpress::studio::CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation>Befehle suchen</translation>
    </message>
    <message>
        <source>No command of that name</source>
        <translation>Kein Befehl dieses Namens</translation>
    </message>
</context>
<context>
    <name>volpress::studio::CompareBar</name>
    <message>
        <source>What side B shows ([ and ])</source>
        <translation>Was Seite B zeigt ([ und ])</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Side %1</source>
        <translation>Seite %1</translation>
    </message>
    <message>
        <source>What side A shows (Ctrl+[ and Ctrl+])</source>
        <translation>Was Seite A zeigt (Strg+[ und Strg+])</translation>
    </message>
    <message>
        <source>What side %1 shows, side by side with the others</source>
        <translation>Was Seite %1 zeigt, neben den anderen</translation>
    </message>
    <message>
        <source>add…</source>
        <translation>hinzufügen…</translation>
    </message>
</context>
<context>
    <name>volpress::studio::CompareController</name>
    <message>
        <source>Difference to A</source>
        <translation>Unterschied zu A</translation>
    </message>
    <message>
        <source>D</source>
        <translation>D</translation>
    </message>
    <message>
        <source>Where the other sides differ from A: absolute, FLIP, signed, off</source>
        <translation>Wo die anderen Seiten von A abweichen: absolut, FLIP, mit Vorzeichen, aus</translation>
    </message>
    <message>
        <source>Loupe</source>
        <translation>Lupe</translation>
    </message>
    <message>
        <source>L</source>
        <translation>L</translation>
    </message>
    <message>
        <source>Eight times larger at the pointer, with exact values</source>
        <translation>Achtfach vergrößert am Zeiger, mit genauen Werten</translation>
    </message>
    <message>
        <source>Error on the splats</source>
        <translation>Fehler auf den Splats</translation>
    </message>
    <message>
        <source>E</source>
        <translation>E</translation>
    </message>
    <message>
        <source>Each splat in the colour of the error seen through it</source>
        <translation>Jeder Splat in der Farbe des Fehlers, der durch ihn zu sehen ist</translation>
    </message>
    <message>
        <source>Blink A and B</source>
        <translation>A und B blinken</translation>
    </message>
    <message>
        <source>Shift+F</source>
        <translation>Shift+F</translation>
    </message>
    <message>
        <source>A and B by turns in the same place</source>
        <translation>A und B abwechselnd am selben Ort</translation>
    </message>
    <message>
        <source>Widen the colour range</source>
        <translation>Farbbereich weiten</translation>
    </message>
    <message>
        <source>=</source>
        <translation>=</translation>
    </message>
    <message>
        <source>+</source>
        <translation>+</translation>
    </message>
    <message>
        <source>The end of the error scale stands for a larger error</source>
        <translation>Das Ende der Fehlerskala steht für einen größeren Fehler</translation>
    </message>
    <message>
        <source>Narrow the colour range</source>
        <translation>Farbbereich verengen</translation>
    </message>
    <message>
        <source>-</source>
        <translation>-</translation>
    </message>
    <message>
        <source>The end of the error scale stands for a smaller error</source>
        <translation>Das Ende der Fehlerskala steht für einen kleineren Fehler</translation>
    </message>
    <message>
        <source>Previous variant on A</source>
        <translation>Vorige Variante auf A</translation>
    </message>
    <message>
        <source>Ctrl+[</source>
        <translation>Ctrl+[</translation>
    </message>
    <message>
        <source>Next variant on A</source>
        <translation>Nächste Variante auf A</translation>
    </message>
    <message>
        <source>Ctrl+]</source>
        <translation>Ctrl+]</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Each splat in the colour of the error seen through it (E)</source>
        <translation>Jeder Splat in der Farbe des Fehlers, der durch ihn zu sehen ist (E)</translation>
    </message>
    <message>
        <source>Only splats show their errors one by one; the difference to A shows those of meshes and fields</source>
        <translation>Nur Splats zeigen ihre Fehler einzeln; der Unterschied zu A zeigt die von Netzen und Feldern</translation>
    </message>
</context>
<context>
    <name>volpress::studio::DoctorDesk</name>
    <message>
        <source>Could not repair %1. %2</source>
        <translation>%1 konnte nicht repariert werden. %2</translation>
    </message>
    <message>
        <source>Repaired into %1: %2 splats, %3 removed, %4 numbers adjusted.</source>
        <translation>Repariert nach %1: %2 Splats, %3 entfernt, %4 Zahlen angepasst.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::DoctorPanel</name>
    <message>
        <source>Examine again</source>
        <translation>Erneut untersuchen</translation>
    </message>
    <message>
        <source>Read the file as it is, and say what is wrong with it</source>
        <translation>Die Datei lesen, wie sie ist, und sagen, was an ihr nicht stimmt</translation>
    </message>
    <message>
        <source>Repair into a new file…</source>
        <translation>In neue Datei reparieren…</translation>
    </message>
    <message>
        <source>Write a copy without what can be repaired, and open it; the file stays as it is</source>
        <translation>Eine Kopie ohne das schreiben, was sich reparieren lässt, und sie öffnen; die Datei bleibt, wie sie ist</translation>
    </message>
    <message>
        <source>Examine</source>
        <translation>Untersuchen</translation>
    </message>
    <message>
        <source>Open a scene: the doctor says what is in its file, and what is wrong with it.</source>
        <translation>Eine Szene öffnen: die Diagnose sagt, was in ihrer Datei steht und was nicht stimmt.</translation>
    </message>
    <message>
        <source>This file was not examined yet.</source>
        <translation>Diese Datei wurde noch nicht untersucht.</translation>
    </message>
    <message>
        <source>Examining the file…</source>
        <translation>Die Datei wird untersucht…</translation>
    </message>
    <message>
        <source>Nothing is wrong with it.</source>
        <translation>Alles ist in Ordnung.</translation>
    </message>
    <message>
        <source>1 problem</source>
        <translation>1 Problem</translation>
    </message>
    <message>
        <source>%1 problems</source>
        <translation>%1 Probleme</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Point these splats out in the viewport; press again to stop</source>
        <translation>Diese Splats in der Ansicht zeigen; noch einmal drücken beendet es</translation>
    </message>
    <message>
        <source>Add this edit to the scene; the file stays as it is</source>
        <translation>Diese Bearbeitung der Szene hinzufügen; die Datei bleibt, wie sie ist</translation>
    </message>
</context>
<context>
    <name>volpress::studio::EditPanel</name>
    <message>
        <source>Add an edit</source>
        <translation>Bearbeitung hinzufügen</translation>
    </message>
    <message>
        <source>Crop, clean up, move, or cut colours; before the scene is compressed</source>
        <translation>Zuschneiden, aufräumen, bewegen oder Farben kürzen, bevor die Szene komprimiert wird</translation>
    </message>
    <message>
        <source>Remove all</source>
        <translation>Alle entfernen</translation>
    </message>
    <message>
        <source>Remove all edits; Ctrl+Z brings them back</source>
        <translation>Alle Bearbeitungen entfernen; Strg+Z holt sie zurück</translation>
    </message>
    <message>
        <source>Remove all edits</source>
        <translation>Alle Bearbeitungen entfernen</translation>
    </message>
    <message>
        <source>Add edit: %1</source>
        <translation>Bearbeitung hinzufügen: %1</translation>
    </message>
    <message>
        <source>Switch on: %1</source>
        <translation>Einschalten: %1</translation>
    </message>
    <message>
        <source>Switch off: %1</source>
        <translation>Ausschalten: %1</translation>
    </message>
    <message>
        <source>Crop the scene, clean it up, move it or cut its colours before it is compressed. The file stays as it is, and every step can be switched off or undone.</source>
        <translation>Die Szene zuschneiden, aufräumen, bewegen oder ihre Farben kürzen, bevor sie komprimiert wird. Die Datei bleibt, wie sie ist, und jeder Schritt lässt sich abschalten oder zurücknehmen.</translation>
    </message>
    <message>
        <source>Open a scene to edit it.</source>
        <translation>Eine Szene öffnen, um sie zu bearbeiten.</translation>
    </message>
    <message>
        <source>%1. What is shown is how it was before.</source>
        <translation>%1. Gezeigt wird der Stand davor.</translation>
    </message>
    <message>
        <source>%1 of %2 splats kept</source>
        <translation>%1 von %2 Splats bleiben</translation>
    </message>
    <message>
        <source>%1 splats</source>
        <translation>%1 Splats</translation>
    </message>
    <message>
        <source>working…</source>
        <translation>arbeitet…</translation>
    </message>
    <message>
        <source>%1 removed (%2 %)</source>
        <translation>%1 entfernt (%2 %)</translation>
    </message>
    <message>
        <source>Change: %1</source>
        <translation>Ändern: %1</translation>
    </message>
    <message>
        <source>Reorder edits</source>
        <translation>Bearbeitungen umordnen</translation>
    </message>
    <message>
        <source>Remove edit: %1</source>
        <translation>Bearbeitung entfernen: %1</translation>
    </message>
</context>
<context>
    <name>volpress::studio::EditStepCard</name>
    <message>
        <source>Whether this edit is done</source>
        <translation>Ob diese Bearbeitung ausgeführt wird</translation>
    </message>
    <message>
        <source>Do it earlier</source>
        <translation>Früher ausführen</translation>
    </message>
    <message>
        <source>Do it later</source>
        <translation>Später ausführen</translation>
    </message>
    <message>
        <source>Remove this edit</source>
        <translation>Diese Bearbeitung entfernen</translation>
    </message>
    <message>
        <source>Removes %1 of %2 splats.</source>
        <translation>Entfernt %1 von %2 Splats.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern als</translation>
    </message>
    <message>
        <source>As it is (%1)</source>
        <translation>Wie sie ist (%1)</translation>
    </message>
    <message>
        <source>The file is copied byte for byte and read back.</source>
        <translation>Die Datei wird Byte für Byte kopiert und wieder gelesen.</translation>
    </message>
    <message>
        <source>The splats are written in this format and read back.</source>
        <translation>Die Splats werden in diesem Format geschrieben und wieder gelesen.</translation>
    </message>
    <message>
        <source>Lost in this format: %1</source>
        <translation>In diesem Format geht verloren: %1</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>Exportieren als</translation>
    </message>
    <message>
        <source>Replace the file?</source>
        <translation>Datei ersetzen?</translation>
    </message>
    <message>
        <source>%1 exists already. Replace it?</source>
        <translation>%1 gibt es schon. Ersetzen?</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>A folder of frames is exported by encoding it: its variants are clips.</source>
        <translation>Ein Ordner mit Bildern wird exportiert, indem man ihn kodiert: seine Varianten sind Clips.</translation>
    </message>
    <message>
        <source>It is written in this format and read back.</source>
        <translation>Es wird in diesem Format geschrieben und wieder gelesen.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::InspectorPanel</name>
    <message>
        <source>The method of compression</source>
        <translation>Das Verfahren der Kompression</translation>
    </message>
    <message>
        <source>A named set of parameters; change single ones below</source>
        <translation>Ein benannter Satz von Einstellungen; einzelne lassen sich unten ändern</translation>
    </message>
    <message>
        <source>Codec</source>
        <translation>Codec</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>Draw each view natively</source>
        <translation>Jede Ansicht nativ zeichnen</translation>
    </message>
    <message>
        <source>The networks in the file are asked for every view. Off: what they say is baked to spherical harmonics, as exports hold it and other programs show it.</source>
        <translation>Die Netze in der Datei werden für jede Ansicht gefragt. Aus: Was sie sagen, wird in Kugelflächenfunktionen gebacken, wie Exporte es enthalten und andere Programme es zeigen.</translation>
    </message>
    <message>
        <source>native %1, baked to SH %2: baking costs %3 dB</source>
        <translation>nativ %1, in SH gebacken %2: das Backen kostet %3 dB</translation>
    </message>
    <message>
        <source>Bytes by part</source>
        <translation>Bytes nach Teilen</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>In die Warteschlange</translation>
    </message>
    <message>
        <source>Compress the open scene with these settings (Ctrl+Return)</source>
        <translation>Die offene Szene mit diesen Einstellungen komprimieren (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>Compare three codecs</source>
        <translation>Drei Codecs vergleichen</translation>
    </message>
    <message>
        <source>Runs three codecs of different kinds with their defaults</source>
        <translation>Startet drei Codecs verschiedener Art mit ihren Standardwerten</translation>
    </message>
    <message>
        <source>Nothing is lost in this format.</source>
        <translation>In diesem Format geht nichts verloren.</translation>
    </message>
    <message>
        <source>Lost in this format: %1</source>
        <translation>In diesem Format geht verloren: %1</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Bytes by part: %1</source>
        <translation>Bytes nach Teilen: %1</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Leave the job as it is</source>
        <translation>Den Auftrag lassen, wie er ist</translation>
    </message>
    <message>
        <source>Save, share and choose presets</source>
        <translation>Vorgaben speichern, weitergeben und wählen</translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation>Als Vorgabe speichern…</translation>
    </message>
    <message>
        <source>Use as this project&apos;s default</source>
        <translation>Als Standard dieses Projekts verwenden</translation>
    </message>
    <message>
        <source>Import a preset file…</source>
        <translation>Vorgabendatei importieren…</translation>
    </message>
    <message>
        <source>Export the preset…</source>
        <translation>Vorgabe exportieren…</translation>
    </message>
    <message>
        <source>Delete the preset</source>
        <translation>Vorgabe löschen</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keins</translation>
    </message>
    <message>
        <source>file size</source>
        <translation>Dateigröße</translation>
    </message>
    <message>
        <source>mean PSNR</source>
        <translation>mittleres PSNR</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source> dB</source>
        <translation> dB</translation>
    </message>
    <message>
        <source>Changing the waiting job: %1</source>
        <translation>Der wartende Auftrag wird geändert: %1</translation>
    </message>
    <message>
        <source>Change the job</source>
        <translation>Auftrag ändern</translation>
    </message>
    <message>
        <source>Moves the quality knob until the file has this size, or this quality</source>
        <translation>Stellt den Qualitätsregler, bis die Datei diese Größe oder Qualität hat</translation>
    </message>
    <message>
        <source>%1 has no quality knob</source>
        <translation>%1 hat keinen Qualitätsregler</translation>
    </message>
    <message>
        <source>Compare all codecs</source>
        <translation>Alle Codecs vergleichen</translation>
    </message>
    <message>
        <source>Runs every codec of moving scenes with its defaults</source>
        <translation>Startet jeden Codec für bewegte Szenen mit seinen Vorgaben</translation>
    </message>
    <message>
        <source>A target is for still scenes; move the quality instead</source>
        <translation>Ein Ziel gibt es nur für ruhende Szenen; stattdessen die Qualität verschieben</translation>
    </message>
    <message>
        <source>Compare two codecs</source>
        <translation>Zwei Codecs vergleichen</translation>
    </message>
    <message>
        <source>Runs codecs of different kinds with their defaults</source>
        <translation>Startet Codecs verschiedener Art mit ihren Standardwerten</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
</context>
<context>
    <name>volpress::studio::JobDesk</name>
    <message>
        <source>The inspector has the settings of %1: change them and press Add to queue.</source>
        <translation>Der Inspektor hat die Einstellungen von %1: ändern und „In die Warteschlange“ drücken.</translation>
    </message>
    <message>
        <source>A preset cannot be read. %1</source>
        <translation>Eine Vorgabe ist nicht lesbar. %1</translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation>Als Vorgabe speichern</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>Name der Vorgabe</translation>
    </message>
    <message>
        <source>The preset was not saved. %1</source>
        <translation>Die Vorgabe wurde nicht gespeichert. %1</translation>
    </message>
    <message>
        <source>Saved the preset %1.</source>
        <translation>Vorgabe %1 gespeichert.</translation>
    </message>
    <message>
        <source>Import a preset</source>
        <translation>Vorgabe importieren</translation>
    </message>
    <message>
        <source>Presets (*.json)</source>
        <translation>Vorgaben (*.json)</translation>
    </message>
    <message>
        <source>The preset was not imported. %1</source>
        <translation>Die Vorgabe wurde nicht importiert. %1</translation>
    </message>
    <message>
        <source>Imported the preset %1.</source>
        <translation>Vorgabe %1 importiert.</translation>
    </message>
    <message>
        <source>Export the preset</source>
        <translation>Vorgabe exportieren</translation>
    </message>
    <message>
        <source>The preset was not exported. %1</source>
        <translation>Die Vorgabe wurde nicht exportiert. %1</translation>
    </message>
    <message>
        <source>Exported the preset to %1.</source>
        <translation>Vorgabe nach %1 exportiert.</translation>
    </message>
    <message>
        <source>This project starts with these settings from now on.</source>
        <translation>Dieses Projekt beginnt von nun an mit diesen Einstellungen.</translation>
    </message>
    <message numerus="yes">
        <source>Estimated from a sample of the splats, corrected by %n result(s) of this codec.</source>
        <translation>
            <numerusform>Geschätzt an einer Stichprobe der Splats, berichtigt durch ein Ergebnis dieses Codecs.</numerusform>
            <numerusform>Geschätzt an einer Stichprobe der Splats, berichtigt durch %n Ergebnisse dieses Codecs.</numerusform>
        </translation>
    </message>
    <message>
        <source>Estimated from a sample of the splats; results of this codec make it better.</source>
        <translation>Geschätzt an einer Stichprobe der Splats; Ergebnisse dieses Codecs machen es genauer.</translation>
    </message>
    <message>
        <source>The queue has ended: %1.</source>
        <translation>Die Warteschlange ist zu Ende: %1.</translation>
    </message>
    <message>
        <source>The queue has ended</source>
        <translation>Die Warteschlange ist zu Ende</translation>
    </message>
    <message>
        <source>This computer could not be put to sleep: systemctl is not there.</source>
        <translation>Dieser Rechner konnte nicht in den Ruhezustand: systemctl fehlt.</translation>
    </message>
    <message>
        <source>The command could not be started: %1</source>
        <translation>Der Befehl konnte nicht gestartet werden: %1</translation>
    </message>
    <message>
        <source>Photographs of the scene</source>
        <translation>Fotos der Szene</translation>
    </message>
    <message>
        <source>These photographs cannot be used. %1</source>
        <translation>Diese Fotos sind nicht zu gebrauchen. %1</translation>
    </message>
    <message numerus="yes">
        <source>Codecs that fine-tune learn from %n photograph(s) from now on.</source>
        <translation>
            <numerusform>Verfahren, die nachlernen, lernen ab jetzt von einem Foto.</numerusform>
            <numerusform>Verfahren, die nachlernen, lernen ab jetzt von %n Fotos.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>volpress::studio::KeyFrameStrip</name>
    <message>
        <source>Drag a mark to change its time, click the line to look there; Delete removes the chosen key frame</source>
        <translation>Eine Marke ziehen ändert ihre Zeit, ein Klick auf die Linie zeigt die Stelle; Entf entfernt das gewählte Schlüsselbild</translation>
    </message>
    <message>
        <source>No key frames yet: look somewhere and press Add key frame.</source>
        <translation>Noch keine Schlüsselbilder: irgendwohin sehen und „Schlüsselbild hinzufügen“ drücken.</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
</context>
<context>
    <name>volpress::studio::LogPanel</name>
    <message>
        <source>Messages of the studio and of its jobs appear here.</source>
        <translation>Meldungen des Studios und seiner Aufträge erscheinen hier.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::MainWindow</name>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>Diagramm</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>The viewport works without Vulkan: %1</source>
        <translation>Die Ansicht arbeitet ohne Vulkan: %1</translation>
    </message>
    <message>
        <source>Vulkan device: %1</source>
        <translation>Vulkan-Gerät: %1</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>Open a scene file</source>
        <translation>Eine Szenendatei öffnen</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Ctrl+E</source>
        <translation>Ctrl+E</translation>
    </message>
    <message>
        <source>Write the shown variant to a file</source>
        <translation>Die gezeigte Variante in eine Datei schreiben</translation>
    </message>
    <message>
        <source>Close scene</source>
        <translation>Szene schließen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Single view</source>
        <translation>Einzelansicht</translation>
    </message>
    <message>
        <source>1</source>
        <translation>1</translation>
    </message>
    <message>
        <source>One side; press again to flip A and B</source>
        <translation>Eine Seite; noch einmal drücken wechselt zwischen A und B</translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation>Wischen</translation>
    </message>
    <message>
        <source>W</source>
        <translation>W</translation>
    </message>
    <message>
        <source>Both sides with a handle between them</source>
        <translation>Beide Seiten mit einem Griff dazwischen</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>S</source>
        <translation>S</translation>
    </message>
    <message>
        <source>Flip A and B</source>
        <translation>A und B wechseln</translation>
    </message>
    <message>
        <source>F</source>
        <translation>F</translation>
    </message>
    <message>
        <source>Previous variant on B</source>
        <translation>Vorige Variante auf B</translation>
    </message>
    <message>
        <source>[</source>
        <translation>[</translation>
    </message>
    <message>
        <source>Next variant on B</source>
        <translation>Nächste Variante auf B</translation>
    </message>
    <message>
        <source>]</source>
        <translation>]</translation>
    </message>
    <message>
        <source>Swap sides</source>
        <translation>Seiten tauschen</translation>
    </message>
    <message>
        <source>X</source>
        <translation>X</translation>
    </message>
    <message>
        <source>Home view</source>
        <translation>Ausgangsansicht</translation>
    </message>
    <message>
        <source>H</source>
        <translation>H</translation>
    </message>
    <message>
        <source>Focus on the centre</source>
        <translation>Auf die Mitte richten</translation>
    </message>
    <message>
        <source>Z</source>
        <translation>Z</translation>
    </message>
    <message>
        <source>Turn about what is in the middle</source>
        <translation>Um das kreisen, was in der Mitte ist</translation>
    </message>
    <message>
        <source>Turn the scene upside down</source>
        <translation>Szene auf den Kopf stellen</translation>
    </message>
    <message>
        <source>U</source>
        <translation>U</translation>
    </message>
    <message>
        <source>For scenes whose up axis points down</source>
        <translation>Für Szenen, deren Hochachse nach unten zeigt</translation>
    </message>
    <message>
        <source>Hide panels</source>
        <translation>Leisten verbergen</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>Tab</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>F11</source>
        <translation>F11</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>Helles Aussehen</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>The faster of the two on this machine</source>
        <translation>Das schnellere von beiden auf diesem Rechner</translation>
    </message>
    <message>
        <source>Software</source>
        <translation>Software</translation>
    </message>
    <message>
        <source>The reference picture, drawn by the processor</source>
        <translation>Das Referenzbild, vom Prozessor gezeichnet</translation>
    </message>
    <message>
        <source>Vulkan</source>
        <translation>Vulkan</translation>
    </message>
    <message>
        <source>Drawn by the graphics device</source>
        <translation>Vom Grafikgerät gezeichnet</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>In die Warteschlange</translation>
    </message>
    <message>
        <source>Ctrl+Return</source>
        <translation>Ctrl+Return</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Compare three codecs</source>
        <translation>Drei Codecs vergleichen</translation>
    </message>
    <message>
        <source>Ctrl+Shift+C</source>
        <translation>Ctrl+Shift+C</translation>
    </message>
    <message>
        <source>Show the results folder</source>
        <translation>Ordner der Ergebnisse zeigen</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>Tasten und Maus</translation>
    </message>
    <message>
        <source>About Volpress</source>
        <translation>Über Volpress</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>Viewport drawn by</source>
        <translation>Ansicht gezeichnet von</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Leisten</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleich</translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation>&amp;Warteschlange</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Open a scene</source>
        <translation>Szene öffnen</translation>
    </message>
    <message>
        <source>Save the table</source>
        <translation>Tabelle speichern</translation>
    </message>
    <message>
        <source>Could not write %1. %2</source>
        <translation>%1 konnte nicht geschrieben werden. %2</translation>
    </message>
    <message>
        <source>Close the scene?</source>
        <translation>Szene schließen?</translation>
    </message>
    <message>
        <source>Closing %1 cancels its jobs. Finished results stay in %2.</source>
        <translation>Das Schließen von %1 bricht ihre Aufträge ab. Fertige Ergebnisse bleiben in %2.</translation>
    </message>
    <message>
        <source>&lt;b&gt;Volpress %1&lt;/b&gt;&lt;p&gt;Compress 3-D Gaussian splat scenes by eye.&lt;/p&gt;</source>
        <translation>&lt;b&gt;Volpress %1&lt;/b&gt;&lt;p&gt;Komprimiert 3D-Gauß-Splat-Szenen nach Augenmaß.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Search commands…</source>
        <translation>Befehle suchen…</translation>
    </message>
    <message>
        <source>Ctrl+K</source>
        <translation>Ctrl+K</translation>
    </message>
    <message>
        <source>Ctrl+Shift+P</source>
        <translation>Ctrl+Shift+P</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>Tastenkürzel…</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Ctrl+,</source>
        <translation>Ctrl+,</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>The graphics device was lost; the next start tries it again.</source>
        <translation>Das Grafikgerät ging verloren; der nächste Start versucht es wieder.</translation>
    </message>
    <message>
        <source>The graphics device was lost (%1). The software draws the viewport from now on; jobs and results are not touched. The next start tries the device again.</source>
        <translation>Das Grafikgerät ging verloren (%1). Die Ansicht zeichnet nun die Software; Aufträge und Ergebnisse sind nicht berührt. Der nächste Start versucht das Gerät wieder.</translation>
    </message>
    <message>
        <source>%1 has changed on disk. What is shown, and what was measured, is the version that was opened.</source>
        <translation>%1 hat sich auf der Platte geändert. Gezeigt und gemessen ist die Fassung, die geöffnet wurde.</translation>
    </message>
    <message>
        <source>Open the new version</source>
        <translation>Neue Fassung öffnen</translation>
    </message>
    <message>
        <source>%1 is no longer at %2. It stays open, but new jobs need the file: put it back, or export the scene to another place.</source>
        <translation>%1 liegt nicht mehr unter %2. Sie bleibt offen, aber neue Aufträge brauchen die Datei: zurücklegen oder die Szene anderswohin exportieren.</translation>
    </message>
    <message>
        <source>Unsaved results of earlier runs take %1, more than the %2 of the settings. Edit &gt; Settings cleans them up.</source>
        <translation>Ungespeicherte Ergebnisse früherer Läufe belegen %1, mehr als die %2 der Einstellungen. Bearbeiten &gt; Einstellungen räumt sie auf.</translation>
    </message>
    <message>
        <source>Attribution</source>
        <translation>Fehlerquellen</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>Kamerafahrt</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>Edit scene</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Show in the doctor</source>
        <translation>In der Diagnose zeigen</translation>
    </message>
    <message>
        <source>All sides, up to four, on one camera</source>
        <translation>Alle Seiten, bis zu vier, mit einer Kamera</translation>
    </message>
    <message>
        <source>The other side in the same place: tap to change, hold for a look</source>
        <translation>Die andere Seite am selben Ort: antippen wechselt, halten lässt hinsehen</translation>
    </message>
    <message>
        <source>Sweep…</source>
        <translation>Reihe…</translation>
    </message>
    <message>
        <source>Ctrl+Shift+W</source>
        <translation>Ctrl+Shift+W</translation>
    </message>
    <message>
        <source>Several values of a codec&apos;s quality knob: its curve in the chart</source>
        <translation>Mehrere Werte des Qualitätsreglers eines Codecs: seine Kurve im Diagramm</translation>
    </message>
    <message>
        <source>&amp;Scene</source>
        <translation>&amp;Szene</translation>
    </message>
    <message>
        <source>Ca&amp;mera</source>
        <translation>&amp;Kamera</translation>
    </message>
    <message>
        <source>&lt;table cellpadding=3&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;1  W  S&lt;/b&gt;&lt;/td&gt;&lt;td&gt;single view, wipe, side by side&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;F&lt;/b&gt;&lt;/td&gt;&lt;td&gt;flip A and B in the same place, hold for a look; Shift+F blinks&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;D&lt;/b&gt;&lt;/td&gt;&lt;td&gt;difference to A: absolute, FLIP, signed, off&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;E&lt;/b&gt;&lt;/td&gt;&lt;td&gt;error on the splats&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;-  =&lt;/b&gt;&lt;/td&gt;&lt;td&gt;narrow, widen the range of the colours&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;L&lt;/b&gt;&lt;/td&gt;&lt;td&gt;loupe with exact values&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;[  ]&lt;/b&gt;&lt;/td&gt;&lt;td&gt;previous, next variant on side B; with Ctrl on A&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Left  Right&lt;/b&gt;&lt;/td&gt;&lt;td&gt;move the wipe by one percent&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;H  Z&lt;/b&gt;&lt;/td&gt;&lt;td&gt;home view, focus on the centre&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;U&lt;/b&gt;&lt;/td&gt;&lt;td&gt;turn the scene upside down&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;B  Ctrl+0…9&lt;/b&gt;&lt;/td&gt;&lt;td&gt;keep this view, go to a kept one&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;K  Ctrl+Space&lt;/b&gt;&lt;/td&gt;&lt;td&gt;add a key frame, play the camera path&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Space  ,  .&lt;/b&gt;&lt;/td&gt;&lt;td&gt;play and pause, one frame back, one on&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;I  O  Home  End&lt;/b&gt;&lt;/td&gt;&lt;td&gt;in and out point here, go to them&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Space  ,  .&lt;/b&gt;&lt;/td&gt;&lt;td&gt;abspielen und anhalten, ein Bild zurück, eins weiter&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;I  O  Home  End&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Anfangs- und Endpunkt hier, zu ihnen gehen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Tab  F11&lt;/b&gt;&lt;/td&gt;&lt;td&gt;hide panels, full screen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Left drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;orbit; on the wipe line, move it&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Middle drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;pan, also Shift and left drag&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Wheel&lt;/b&gt;&lt;/td&gt;&lt;td&gt;closer and farther, toward the pointer&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Right drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;look around; W A S D Q E fly, the wheel sets the speed&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Double-click&lt;/b&gt;&lt;/td&gt;&lt;td&gt;focus there; on the wipe line, centre it&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</source>
        <translation>&lt;table cellpadding=3&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;1  W  S&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Einzelansicht, Wischen, nebeneinander&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;F&lt;/b&gt;&lt;/td&gt;&lt;td&gt;A und B am selben Ort wechseln, halten lässt hinsehen; Umschalt+F blinkt&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;D&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Unterschied zu A: absolut, FLIP, mit Vorzeichen, aus&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;E&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Fehler auf den Splats&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;-  =&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Farbbereich verengen, weiten&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;L&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Lupe mit genauen Werten&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;[  ]&lt;/b&gt;&lt;/td&gt;&lt;td&gt;vorige, nächste Variante auf Seite B; mit Strg auf A&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Links  Rechts&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Wischlinie um ein Prozent verschieben&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;H  Z&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Ausgangsansicht, auf die Mitte richten&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;U&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Szene auf den Kopf stellen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;B  Strg+0…9&lt;/b&gt;&lt;/td&gt;&lt;td&gt;diese Ansicht merken, zu einer gemerkten gehen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;K  Strg+Leertaste&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Schlüsselbild hinzufügen, Kamerafahrt abspielen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Tab  F11&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Leisten verbergen, Vollbild&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Links ziehen&lt;/b&gt;&lt;/td&gt;&lt;td&gt;kreisen; auf der Wischlinie verschiebt es sie&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Mitte ziehen&lt;/b&gt;&lt;/td&gt;&lt;td&gt;verschieben, auch Umschalt und links ziehen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Rad&lt;/b&gt;&lt;/td&gt;&lt;td&gt;näher und ferner, zum Zeiger hin&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Rechts ziehen&lt;/b&gt;&lt;/td&gt;&lt;td&gt;umsehen; W A S D Q E fliegen, das Rad stellt das Tempo&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Doppelklick&lt;/b&gt;&lt;/td&gt;&lt;td&gt;dorthin richten; auf der Wischlinie in die Mitte setzen&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</translation>
    </message>
    <message>
        <source>Scenes and their results are listed here. Open a file, or drop one on the window.</source>
        <translation>Szenen und ihre Ergebnisse stehen hier. Eine Datei öffnen oder auf das Fenster ziehen.</translation>
    </message>
    <message>
        <source>Every number of every result, one a row, as jobs finish. Columns sort; the context menu copies and saves them.</source>
        <translation>Alle Zahlen aller Ergebnisse, je eines in einer Zeile, sobald Aufträge fertig sind. Spalten lassen sich sortieren; das Kontextmenü kopiert und speichert sie.</translation>
    </message>
    <message>
        <source>Save the chart</source>
        <translation>Diagramm sichern</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>Bild (*.png)</translation>
    </message>
    <message>
        <source>Drawing (*.svg)</source>
        <translation>Zeichnung (*.svg)</translation>
    </message>
    <message>
        <source>Numbers (*.csv)</source>
        <translation>Zahlen (*.csv)</translation>
    </message>
    <message>
        <source>Open a folder of frames…</source>
        <translation>Ordner mit Bildern öffnen…</translation>
    </message>
    <message>
        <source>Ctrl+Alt+O</source>
        <translation>Ctrl+Alt+O</translation>
    </message>
    <message>
        <source>Open a moving scene: a folder of numbered scene files</source>
        <translation>Eine bewegte Szene öffnen: ein Ordner mit nummerierten Szenendateien</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>Absp&amp;ielen</translation>
    </message>
    <message>
        <source>Open a folder of frames</source>
        <translation>Einen Ordner mit Bildern öffnen</translation>
    </message>
    <message>
        <source>Export as streamable video…</source>
        <translation>Als streambares Video exportieren…</translation>
    </message>
    <message>
        <source>A folder that plays a moving scene from any web server</source>
        <translation>Ein Ordner, der eine bewegte Szene von jedem Webserver abspielt</translation>
    </message>
    <message>
        <source>Ctrl+Shift+E</source>
        <translation>Ctrl+Shift+E</translation>
    </message>
</context>
<context>
    <name>volpress::studio::MovieDialog</name>
    <message>
        <source>Export movie</source>
        <translation>Film exportieren</translation>
    </message>
    <message>
        <source>One side alone</source>
        <translation>Eine Seite allein</translation>
    </message>
    <message>
        <source>Wipe, A left and B right</source>
        <translation>Wischen, A links und B rechts</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>Difference of A and B</source>
        <translation>Unterschied von A und B</translation>
    </message>
    <message>
        <source>FLIP error of B against A</source>
        <translation>FLIP-Fehler von B gegenüber A</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Side</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source> frames/s</source>
        <translation> Bilder/s</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Bildrate</translation>
    </message>
    <message>
        <source>MP4 movie (%1)</source>
        <translation>MP4-Film (%1)</translation>
    </message>
    <message>
        <source>Folder of PNG frames</source>
        <translation>Ordner mit PNG-Bildern</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>The encoder&apos;s rate factor: 0 is best, 51 is smallest, 18 looks lossless</source>
        <translation>Der Ratenfaktor des Encoders: 0 ist am besten, 51 am kleinsten, 18 sieht verlustfrei aus</translation>
    </message>
    <message>
        <source>Rate factor</source>
        <translation>Ratenfaktor</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern als</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>%1 frames, %2 seconds. Drawn by the reference renderer, as measured pictures are.</source>
        <translation>%1 Bilder, %2 Sekunden. Gezeichnet vom Referenz-Renderer, wie gemessene Bilder auch.</translation>
    </message>
    <message>
        <source>Export movie as</source>
        <translation>Film exportieren als</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Drawing %1</source>
        <translation>%1 wird gezeichnet</translation>
    </message>
</context>
<context>
    <name>volpress::studio::NoticeBar</name>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ParamField</name>
    <message>
        <source>Double-click the name to reset it.</source>
        <translation>Ein Doppelklick auf den Namen setzt zurück.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::PathPanel</name>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play the path in the viewport</source>
        <translation>Die Kamerafahrt in der Ansicht abspielen</translation>
    </message>
    <message>
        <source>Add key frame</source>
        <translation>Schlüsselbild hinzufügen</translation>
    </message>
    <message>
        <source>Append the present view, two seconds after the last one (K)</source>
        <translation>Die jetzige Ansicht anhängen, zwei Sekunden nach der letzten (K)</translation>
    </message>
    <message>
        <source>Make from…</source>
        <translation>Erzeugen aus…</translation>
    </message>
    <message>
        <source>Replace the path by a ready-made one</source>
        <translation>Die Kamerafahrt durch eine fertige ersetzen</translation>
    </message>
    <message>
        <source>Bookmarks, in their order</source>
        <translation>Lesezeichen, in ihrer Reihenfolge</translation>
    </message>
    <message>
        <source>Turntable about the pivot</source>
        <translation>Drehteller um den Drehpunkt</translation>
    </message>
    <message>
        <source>Export movie…</source>
        <translation>Film exportieren…</translation>
    </message>
    <message>
        <source>Draw the path as MP4 or PNG frames</source>
        <translation>Die Kamerafahrt als MP4 oder PNG-Bilder zeichnen</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Save or open a camera path</source>
        <translation>Kamerafahrt speichern oder öffnen</translation>
    </message>
    <message>
        <source>Open a path…</source>
        <translation>Kamerafahrt öffnen…</translation>
    </message>
    <message>
        <source>Save the path…</source>
        <translation>Kamerafahrt speichern…</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>How long the whole path takes; key frames keep their proportions</source>
        <translation>Wie lange die ganze Fahrt dauert; Schlüsselbilder behalten ihre Verhältnisse</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Weich</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Smooth keeps speed through key frames; linear goes straight between them</source>
        <translation>Weich behält das Tempo durch Schlüsselbilder; linear geht gerade von einem zum nächsten</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>After the last key frame, go back to the first</source>
        <translation>Nach dem letzten Schlüsselbild zurück zum ersten</translation>
    </message>
    <message>
        <source>%1 / %2 s</source>
        <translation>%1 / %2 s</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
</context>
<context>
    <name>volpress::studio::PhotoRow</name>
    <message>
        <source>Learn from pictures of the scene instead</source>
        <translation>Stattdessen von Bildern der Szene lernen</translation>
    </message>
    <message>
        <source>none; choose…</source>
        <translation>keine; wählen…</translation>
    </message>
    <message>
        <source>What the codecs that fine-tune learn from: the photographs of a folder with a COLMAP model or a transforms.json, in place of pictures of the scene.</source>
        <translation>Wovon Verfahren lernen, die nachlernen: von den Fotos eines Ordners mit einem COLMAP-Modell oder einer transforms.json, statt von Bildern der Szene.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::PlaybackDesk</name>
    <message>
        <source>To the in point</source>
        <translation>Zum Anfangspunkt</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Home</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>,</source>
        <translation>,</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Space</translation>
    </message>
    <message>
        <source>Play and pause</source>
        <translation>Abspielen und anhalten</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>Ein Bild weiter</translation>
    </message>
    <message>
        <source>.</source>
        <translation>.</translation>
    </message>
    <message>
        <source>To the out point</source>
        <translation>Zum Endpunkt</translation>
    </message>
    <message>
        <source>End</source>
        <translation>End</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>Shift+L</source>
        <translation>Shift+L</translation>
    </message>
    <message>
        <source>From the out point back to the in point</source>
        <translation>Vom Endpunkt zurück zum Anfangspunkt</translation>
    </message>
    <message>
        <source>In point here</source>
        <translation>Anfangspunkt hier</translation>
    </message>
    <message>
        <source>I</source>
        <translation>I</translation>
    </message>
    <message>
        <source>Play from the frame that is shown</source>
        <translation>Ab dem gezeigten Bild abspielen</translation>
    </message>
    <message>
        <source>Out point here</source>
        <translation>Endpunkt hier</translation>
    </message>
    <message>
        <source>O</source>
        <translation>O</translation>
    </message>
    <message>
        <source>Play up to the frame that is shown</source>
        <translation>Bis zum gezeigten Bild abspielen</translation>
    </message>
    <message>
        <source>Play the whole clip</source>
        <translation>Den ganzen Clip abspielen</translation>
    </message>
    <message>
        <source>Shift+O</source>
        <translation>Shift+O</translation>
    </message>
    <message>
        <source>Take the in and out points away</source>
        <translation>Anfangs- und Endpunkt entfernen</translation>
    </message>
    <message>
        <source>Some frames cannot be shown. %1</source>
        <translation>Manche Bilder lassen sich nicht zeigen. %1</translation>
    </message>
    <message>
        <source>frame</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ProjectMenu</name>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>Start anew</source>
        <translation>Neu beginnen</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen…</translation>
    </message>
    <message>
        <source>Ctrl+Shift+O</source>
        <translation>Ctrl+Shift+O</translation>
    </message>
    <message>
        <source>Open a project with its scenes and results</source>
        <translation>Ein Projekt mit seinen Szenen und Ergebnissen öffnen</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Save scenes, results, notes and layout as a project</source>
        <translation>Szenen, Ergebnisse, Notizen und Anordnung als Projekt speichern</translation>
    </message>
    <message>
        <source>Save project as…</source>
        <translation>Projekt speichern als…</translation>
    </message>
    <message>
        <source>Ctrl+Shift+S</source>
        <translation>Ctrl+Shift+S</translation>
    </message>
    <message>
        <source>Save under another name</source>
        <translation>Unter anderem Namen speichern</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Ctrl+Shift+Z</source>
        <translation>Ctrl+Shift+Z</translation>
    </message>
    <message>
        <source>Ctrl+Y</source>
        <translation>Ctrl+Y</translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>Rückgängig: %1</translation>
    </message>
    <message>
        <source>Redo: %1</source>
        <translation>Wiederholen: %1</translation>
    </message>
    <message>
        <source>Where is %1 now?</source>
        <translation>Wo ist %1 jetzt?</translation>
    </message>
    <message numerus="yes">
        <source>Remove %n result(s) for good?</source>
        <translation>
            <numerusform>Ein Ergebnis endgültig entfernen?</numerusform>
            <numerusform>%n Ergebnisse endgültig entfernen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Their files are deleted. This cannot be undone.</source>
        <translation>Ihre Dateien werden gelöscht. Das lässt sich nicht zurücknehmen.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>a new project</source>
        <translation>einem neuen Projekt</translation>
    </message>
    <message>
        <source>another project</source>
        <translation>einem anderen Projekt</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Save the project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Save the project first?</source>
        <translation>Das Projekt zuerst speichern?</translation>
    </message>
    <message>
        <source>Cancel the jobs that wait or run?</source>
        <translation>Wartende und laufende Aufträge abbrechen?</translation>
    </message>
    <message>
        <source>Results and notes that are not saved are removed with %1.</source>
        <translation>Ergebnisse und Notizen, die nicht gespeichert sind, gehen mit %1 verloren.</translation>
    </message>
    <message>
        <source>Going on with %1 cancels them.</source>
        <translation>Weitermachen mit %1 bricht sie ab.</translation>
    </message>
    <message>
        <source> Jobs that wait or run are cancelled.</source>
        <translation> Wartende und laufende Aufträge werden abgebrochen.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation>Nicht speichern</translation>
    </message>
    <message>
        <source>Cancel jobs</source>
        <translation>Aufträge abbrechen</translation>
    </message>
    <message>
        <source>closing</source>
        <translation>dem Schließen</translation>
    </message>
    <message>
        <source>Jobs are waiting or running.</source>
        <translation>Aufträge warten oder laufen.</translation>
    </message>
    <message>
        <source>They can go on when Volpress is started again, with everything that is open now.</source>
        <translation>Sie können mit dem nächsten Start von Volpress weitergehen, mit allem, was jetzt offen ist.</translation>
    </message>
    <message>
        <source>Stop and go on next time</source>
        <translation>Anhalten und beim nächsten Mal weitermachen</translation>
    </message>
    <message>
        <source>Finish in the background</source>
        <translation>Im Hintergrund beenden</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>Weiterarbeiten</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ProjectPanel</name>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Remove from the project</source>
        <translation>Aus dem Projekt entfernen</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation>Notiz zu %1</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>Papierkorb</translation>
    </message>
    <message>
        <source>Results that were removed. A right click puts them back.</source>
        <translation>Ergebnisse, die entfernt wurden. Ein Rechtsklick holt sie zurück.</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Empty the trash…</source>
        <translation>Papierkorb leeren…</translation>
    </message>
    <message>
        <source>Show on side %1</source>
        <translation>Auf Seite %1 zeigen</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Suchen…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Remove the star</source>
        <translation>Stern entfernen</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>Stern</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>Notiz…</translation>
    </message>
</context>
<context>
    <name>volpress::studio::QueuePanel</name>
    <message>
        <source>Jobs appear here. Choose a codec on the right and press Add to queue.</source>
        <translation>Aufträge erscheinen hier. Rechts einen Codec wählen und „In die Warteschlange“ drücken.</translation>
    </message>
    <message>
        <source>Clear ended</source>
        <translation>Beendete entfernen</translation>
    </message>
    <message>
        <source>Remove the rows of jobs that have ended; results stay</source>
        <translation>Die Zeilen beendeter Aufträge entfernen; Ergebnisse bleiben</translation>
    </message>
    <message>
        <source>Jobs that run side by side</source>
        <translation>Aufträge, die nebeneinander laufen</translation>
    </message>
    <message>
        <source>At a time</source>
        <translation>Gleichzeitig</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>A job that takes more memory is stopped, with the reason in its row</source>
        <translation>Ein Auftrag, der mehr Speicher braucht, wird angehalten; der Grund steht in seiner Zeile</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>a sound</source>
        <translation>ein Ton</translation>
    </message>
    <message>
        <source>sleep</source>
        <translation>Ruhezustand</translation>
    </message>
    <message>
        <source>a command</source>
        <translation>ein Befehl</translation>
    </message>
    <message>
        <source>What this computer does when the queue has ended</source>
        <translation>Was dieser Rechner tut, wenn die Warteschlange zu Ende ist</translation>
    </message>
    <message>
        <source>When done</source>
        <translation>Am Ende</translation>
    </message>
    <message>
        <source>command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>Alle fortsetzen</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>Alle anhalten</translation>
    </message>
</context>
<context>
    <name>volpress::studio::QueueRow</name>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Copy the command line that repeats this job</source>
        <translation>Die Befehlszeile kopieren, die diesen Auftrag wiederholt</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Aus der Liste entfernen</translation>
    </message>
    <message>
        <source>Log, parameters, resources and command</source>
        <translation>Protokoll, Einstellungen, Verbrauch und Befehl</translation>
    </message>
    <message>
        <source>Pause: it keeps what it has done so far</source>
        <translation>Anhalten: was getan ist, bleibt</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Change its settings</source>
        <translation>Einstellungen ändern</translation>
    </message>
    <message>
        <source>Duplicate with other settings</source>
        <translation>Mit anderen Einstellungen verdoppeln</translation>
    </message>
    <message>
        <source>Copy the command line</source>
        <translation>Befehlszeile kopieren</translation>
    </message>
</context>
<context>
    <name>volpress::studio::RepairDialog</name>
    <message>
        <source>Repair into a new file</source>
        <translation>In neue Datei reparieren</translation>
    </message>
    <message>
        <source>A copy is written without what can be repaired, and opened. %1 stays as it is.</source>
        <translation>Eine Kopie ohne das, was sich reparieren lässt, wird geschrieben und geöffnet. %1 bleibt, wie sie ist.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Reparieren</translation>
    </message>
    <message>
        <source>Name the file to write.</source>
        <translation>Die zu schreibende Datei nennen.</translation>
    </message>
    <message>
        <source>This file exists already; choose another name.</source>
        <translation>Diese Datei gibt es schon; einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>There is no folder %1.</source>
        <translation>Den Ordner %1 gibt es nicht.</translation>
    </message>
    <message>
        <source>This extension is no format that can be written; .ply keeps everything.</source>
        <translation>Mit dieser Endung lässt sich kein Format schreiben; .ply behält alles.</translation>
    </message>
    <message>
        <source>Repair into</source>
        <translation>Reparieren nach</translation>
    </message>
</context>
<context>
    <name>volpress::studio::SceneTools</name>
    <message>
        <source>Doctor</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Doctor (%1)</source>
        <translation>Diagnose (%1)</translation>
    </message>
    <message>
        <source>Add edit: %1</source>
        <translation>Bearbeitung hinzufügen: %1</translation>
    </message>
    <message>
        <source>Add an edit</source>
        <translation>Bearbeitung hinzufügen</translation>
    </message>
    <message>
        <source>Remove all edits</source>
        <translation>Alle Bearbeitungen entfernen</translation>
    </message>
    <message>
        <source>Examine the file</source>
        <translation>Datei untersuchen</translation>
    </message>
    <message>
        <source>Repair into a new file…</source>
        <translation>In neue Datei reparieren…</translation>
    </message>
    <message>
        <source>Drag in the picture</source>
        <translation>Im Bild ziehen</translation>
    </message>
</context>
<context>
    <name>volpress::studio::Session</name>
    <message numerus="yes">
        <source>%n result(s) in the queue</source>
        <translation>
            <numerusform>ein Ergebnis</numerusform>
            <numerusform>%n Ergebnisse</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n failed</source>
        <translation>
            <numerusform>, eines fehlgeschlagen</numerusform>
            <numerusform>, %n fehlgeschlagen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Found %n file(s).</source>
        <translation>
            <numerusform>Eine Datei gefunden.</numerusform>
            <numerusform>%n Dateien gefunden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of the project are not where they were: choose Locate… in their menu.</source>
        <translation>
            <numerusform>Eine Datei des Projekts ist nicht, wo sie war: in ihrem Menü „Suchen…“ wählen.</numerusform>
            <numerusform>%n Dateien des Projekts sind nicht, wo sie waren: in ihrem Menü „Suchen…“ wählen.</numerusform>
        </translation>
    </message>
    <message>
        <source>No folder for this session can be made below %1: nothing is kept for a restart.</source>
        <translation>Unter %1 lässt sich kein Ordner für diese Sitzung anlegen: für einen Neustart wird nichts behalten.</translation>
    </message>
    <message>
        <source>Restored what was open last time.</source>
        <translation>Wiederhergestellt, was zuletzt offen war.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Thema</translation>
    </message>
    <message>
        <source>Viewport</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Automatic: the faster one</source>
        <translation>Automatisch: das schnellere</translation>
    </message>
    <message>
        <source>Software</source>
        <translation>Software</translation>
    </message>
    <message>
        <source>Vulkan</source>
        <translation>Vulkan</translation>
    </message>
    <message>
        <source>What draws the viewport. Both draw the same picture; quality is always measured with the software.</source>
        <translation>Was die Ansicht zeichnet. Beide zeichnen dasselbe Bild; Qualität wird immer mit der Software gemessen.</translation>
    </message>
    <message>
        <source>Drawn &amp;by</source>
        <translation>&amp;Gezeichnet von</translation>
    </message>
    <message>
        <source>The best one</source>
        <translation>Das beste</translation>
    </message>
    <message>
        <source>%1 (not found)</source>
        <translation>%1 (nicht gefunden)</translation>
    </message>
    <message>
        <source>The graphics device that Vulkan uses; from the next start on</source>
        <translation>Das Grafikgerät, das Vulkan benutzt; ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Vulkan &amp;device</source>
        <translation>Vulkan-Ge&amp;rät</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>All (%1)</source>
        <translation>Alle (%1)</translation>
    </message>
    <message>
        <source>Threads of one job. Fewer leave the machine free for other work; results stay the same.</source>
        <translation>Threads eines Auftrags. Weniger lassen den Rechner frei für anderes; Ergebnisse bleiben dieselben.</translation>
    </message>
    <message>
        <source>Threads of a &amp;job</source>
        <translation>Threads eines &amp;Auftrags</translation>
    </message>
    <message>
        <source>Results that are not saved yet</source>
        <translation>Ergebnisse, die noch nicht gespeichert sind</translation>
    </message>
    <message>
        <source>Results lie here until they are exported or saved with a project; from the next start on</source>
        <translation>Hier liegen Ergebnisse, bis sie exportiert oder mit einem Projekt gespeichert sind; ab dem nächsten Start</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>&amp;Wählen…</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>Above this the studio reminds you. Nothing is deleted by itself.</source>
        <translation>Darüber erinnert das Studio daran. Von selbst wird nichts gelöscht.</translation>
    </message>
    <message>
        <source>&amp;Limit</source>
        <translation>G&amp;renze</translation>
    </message>
    <message>
        <source>Clean &amp;up…</source>
        <translation>A&amp;ufräumen…</translation>
    </message>
    <message>
        <source>Device and folder change with the next start of Volpress.</source>
        <translation>Gerät und Ordner wechseln mit dem nächsten Start von Volpress.</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>Ordner für Ergebnisse</translation>
    </message>
    <message>
        <source>Nothing there.</source>
        <translation>Nichts da.</translation>
    </message>
    <message numerus="yes">
        <source>%1 used by %n run(s) of the studio.</source>
        <translation>
            <numerusform>%1 belegt von einem Lauf des Studios.</numerusform>
            <numerusform>%1 belegt von %n Läufen des Studios.</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete old results?</source>
        <translation>Alte Ergebnisse löschen?</translation>
    </message>
    <message numerus="yes">
        <source>This deletes the unsaved results of %n earlier run(s), %1, for good. What is open now stays, and so does everything that was exported or saved with a project.</source>
        <translation>
            <numerusform>Das löscht die ungespeicherten Ergebnisse eines früheren Laufs, %1, endgültig. Was jetzt offen ist, bleibt, und ebenso alles, was exportiert oder mit einem Projekt gespeichert wurde.</numerusform>
            <numerusform>Das löscht die ungespeicherten Ergebnisse von %n früheren Läufen, %1, endgültig. Was jetzt offen ist, bleibt, und ebenso alles, was exportiert oder mit einem Projekt gespeichert wurde.</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete results</source>
        <translation>Ergebnisse löschen</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ShortcutDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Filter by name or key</source>
        <translation>Nach Name oder Taste filtern</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>&amp;New key</source>
        <translation>&amp;Neue Taste</translation>
    </message>
    <message>
        <source>Click here and press the keys</source>
        <translation>Hier klicken und die Tasten drücken</translation>
    </message>
    <message>
        <source>&amp;Assign</source>
        <translation>&amp;Zuweisen</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>The command keeps no key</source>
        <translation>Der Befehl behält keine Taste</translation>
    </message>
    <message>
        <source>Re&amp;set</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>The command gets its first keys back</source>
        <translation>Der Befehl bekommt seine ersten Tasten zurück</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>Andere</translation>
    </message>
    <message>
        <source>%1 belongs to “%2”. Assigning it takes it from there.</source>
        <translation>%1 gehört zu „%2“. Das Zuweisen nimmt es dort weg.</translation>
    </message>
    <message>
        <source>T&amp;ake over</source>
        <translation>&amp;Übernehmen</translation>
    </message>
</context>
<context>
    <name>volpress::studio::StreamDesk</name>
    <message>
        <source>Encode the moving scene first: its variants can be exported as video.</source>
        <translation>Kodieren Sie zuerst die bewegte Szene: Ihre Varianten lassen sich als Video exportieren.</translation>
    </message>
    <message>
        <source>%1 Mbit/s, %2 against the whole clip</source>
        <translation>%1 Mbit/s, %2 gegen den ganzen Clip</translation>
    </message>
    <message>
        <source>%1 Mbit/s: the clip as it is</source>
        <translation>%1 Mbit/s: der Clip, wie er ist</translation>
    </message>
    <message>
        <source>; the codec has nothing smaller, so this line is left out</source>
        <translation>; kleiner kann es das Verfahren nicht, die Leitung entfällt</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>Abgebrochen; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>%1: %2 in %3 files</source>
        <translation>%1: %2 in %3 Dateien</translation>
    </message>
    <message>
        <source>%1 shows the export until Volpress is closed.</source>
        <translation>%1 zeigt den Export, bis Volpress geschlossen wird.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::StreamDialog</name>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>A file with sound that plays with the clip; what is longer is cut off</source>
        <translation>Eine Datei mit Ton, der mit dem Clip läuft; was länger ist, wird abgeschnitten</translation>
    </message>
    <message>
        <source>Choose a sound</source>
        <translation>Ton wählen</translation>
    </message>
    <message>
        <source>Sounds and movies (*.wav *.flac *.mp3 *.ogg *.opus *.m4a *.aac *.mp4 *.mov *.mkv *.webm);;All files (*)</source>
        <translation>Töne und Filme (*.wav *.flac *.mp3 *.ogg *.opus *.m4a *.aac *.mp4 *.mov *.mkv *.webm);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Export as streamable video</source>
        <translation>Als streambares Video exportieren</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>Im Browser öffnen</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Clip</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Mbit/s</source>
        <translation>Mbit/s</translation>
    </message>
    <message>
        <source>Slower lines</source>
        <translation>Langsamere Leitungen</translation>
    </message>
    <message>
        <source>One file a line (needs range requests)</source>
        <translation>Eine Datei je Leitung (braucht Bereichsanfragen)</translation>
    </message>
    <message>
        <source>One file a segment</source>
        <translation>Eine Datei je Segment</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Poster</source>
        <translation>Standbild</translation>
    </message>
    <message>
        <source>The frame that the poster shows</source>
        <translation>Das Bild, das als Standbild erscheint</translation>
    </message>
    <message>
        <source>What they see</source>
        <translation>Was man sieht</translation>
    </message>
    <message>
        <source>with all of it (%1 Mbit/s)</source>
        <translation>mit allem (%1 Mbit/s)</translation>
    </message>
    <message>
        <source>The clip is encoded again for lines of %1 Mbit/s</source>
        <translation>Der Clip wird für Leitungen mit %1 Mbit/s neu kodiert</translation>
    </message>
    <message>
        <source>The clip itself takes no more than %1 Mbit/s</source>
        <translation>Der Clip selbst braucht nur %1 Mbit/s</translation>
    </message>
    <message>
        <source>on %1 Mbit/s</source>
        <translation>bei %1 Mbit/s</translation>
    </message>
    <message>
        <source>Encoding a segment for this line…</source>
        <translation>Ein Segment wird für diese Leitung kodiert…</translation>
    </message>
    <message>
        <source>Drawing…</source>
        <translation>Wird gezeichnet…</translation>
    </message>
    <message>
        <source>%1 s of video at %2 Mbit/s. The folder takes about %3%4.</source>
        <translation>%1 s Video mit %2 Mbit/s. Der Ordner braucht etwa %3%4.</translation>
    </message>
    <message>
        <source>, its encoding about %1</source>
        <translation>, das Kodieren etwa %1</translation>
    </message>
    <message>
        <source>Export into a folder</source>
        <translation>In einen Ordner exportieren</translation>
    </message>
</context>
<context>
    <name>volpress::studio::SweepDialog</name>
    <message>
        <source>Sweep</source>
        <translation>Reihe</translation>
    </message>
    <message>
        <source>Compresses the scene at several values of the codec&apos;s quality knob. The results draw its curve in the chart.</source>
        <translation>Komprimiert die Szene bei mehreren Werten des Qualitätsreglers eines Codecs. Die Ergebnisse zeichnen seine Kurve im Diagramm.</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>Codec</source>
        <translation>Codec</translation>
    </message>
    <message>
        <source>Knob</source>
        <translation>Regler</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>In die Warteschlange</translation>
    </message>
    <message>
        <source>Everything else as in the inspector.</source>
        <translation>Alles andere wie im Inspektor.</translation>
    </message>
    <message>
        <source>Everything else as the codec&apos;s defaults say.</source>
        <translation>Alles andere mit den Standardwerten des Codecs.</translation>
    </message>
    <message>
        <source>Add 1 job</source>
        <translation>1 Auftrag hinzufügen</translation>
    </message>
    <message>
        <source>Add %1 jobs</source>
        <translation>%1 Aufträge hinzufügen</translation>
    </message>
</context>
<context>
    <name>volpress::studio::TablePanel</name>
    <message>
        <source>Copy rows</source>
        <translation>Zeilen kopieren</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>Als CSV speichern…</translation>
    </message>
    <message>
        <source>B each</source>
        <translation>B je Stück</translation>
    </message>
    <message>
        <source>B/tri.</source>
        <translation>B/Dreieck</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Triangles</source>
        <translation>Dreiecke</translation>
    </message>
    <message>
        <source>Surface</source>
        <translation>Oberfläche</translation>
    </message>
</context>
<context>
    <name>volpress::studio::TimelinePanel</name>
    <message>
        <source>Frame</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>The frame that is shown, counted from 0</source>
        <translation>Das gezeigte Bild, ab 0 gezählt</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>How fast it plays; negative plays backwards</source>
        <translation>Wie schnell abgespielt wird; negativ rückwärts</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>%1 of %2 fps</source>
        <translation>%1 von %2 B/s</translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation>%1 B/s</translation>
    </message>
    <message>
        <source>Frames are left out: decoding or drawing takes longer than a frame</source>
        <translation>Bilder werden ausgelassen: Dekodieren oder Zeichnen dauert länger als ein Bild</translation>
    </message>
    <message>
        <source>Every frame is shown in time</source>
        <translation>Jedes Bild wird rechtzeitig gezeigt</translation>
    </message>
</context>
<context>
    <name>volpress::studio::TimelineStrip</name>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>bytes of %1</source>
        <translation>Bytes von %1</translation>
    </message>
    <message>
        <source>bytes and dB of %1</source>
        <translation>Bytes und dB von %1</translation>
    </message>
    <message>
        <source>Frame %1, %2 s</source>
        <translation>Bild %1, %2 s</translation>
    </message>
</context>
<context>
    <name>volpress::studio::ViewSetDialog</name>
    <message>
        <source>Measured views</source>
        <translation>Gemessene Ansichten</translation>
    </message>
    <message>
        <source>Automatic: cameras beside the scene, else generated</source>
        <translation>Automatisch: Kameras neben der Szene, sonst erzeugt</translation>
    </message>
    <message>
        <source>Generated around the scene</source>
        <translation>Erzeugt um die Szene</translation>
    </message>
    <message>
        <source>Generated inside the scene</source>
        <translation>Erzeugt in der Szene</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>From a file: cameras.json, transforms.json, COLMAP</source>
        <translation>Aus einer Datei: cameras.json, transforms.json, COLMAP</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>Wie viele</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Datei…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner…</translation>
    </message>
    <message>
        <source>A COLMAP model, or a data set with one</source>
        <translation>Ein COLMAP-Modell oder ein Datensatz damit</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>A tick holds a view out: results are measured on it, but never optimised for it. A double click looks through it.</source>
        <translation>Ein Haken hält eine Ansicht zurück: Ergebnisse werden auf ihr gemessen, aber nie auf sie hin optimiert. Ein Doppelklick sieht durch sie hindurch.</translation>
    </message>
    <message>
        <source>Draw the cameras in the viewport</source>
        <translation>Kameras in der Ansicht zeichnen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Use these views</source>
        <translation>Diese Ansichten verwenden</translation>
    </message>
    <message>
        <source>Choose a file or folder with cameras.</source>
        <translation>Eine Datei oder einen Ordner mit Kameras wählen.</translation>
    </message>
    <message>
        <source>Making the views…</source>
        <translation>Die Ansichten entstehen…</translation>
    </message>
    <message>
        <source>%1 views of %2; %3 with a tick are held out: measured on, never optimised for.</source>
        <translation>%1 Ansichten von %2; %3 mit Haken sind zurückgehalten: gemessen, nie optimiert.</translation>
    </message>
    <message>
        <source>A folder with cameras</source>
        <translation>Ein Ordner mit Kameras</translation>
    </message>
    <message>
        <source>A file of cameras</source>
        <translation>Eine Datei mit Kameras</translation>
    </message>
</context>
<context>
    <name>volpress::studio::Viewport</name>
    <message>
        <source>The viewport has no Vulkan surface; restart with VOLPRESS_VIEWPORT=painter.</source>
        <translation>Die Ansicht hat keine Vulkan-Oberfläche; neu starten mit VOLPRESS_VIEWPORT=painter.</translation>
    </message>
</context>
<context>
    <name>volpress::studio::WelcomePage</name>
    <message>
        <source>PLY, compressed PLY, .splat, .ksplat, SPZ, SOG or .vpc; or, moving, .dgsv or a folder of frames</source>
        <translation>PLY, komprimiertes PLY, .splat, .ksplat, SPZ, SOG oder .vpc; bewegt .dgsv oder ein Ordner mit Bildern</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>Open a scene file (Ctrl+O)</source>
        <translation>Eine Szenendatei öffnen (Strg+O)</translation>
    </message>
    <message>
        <source>Try a sample</source>
        <translation>Ein Beispiel versuchen</translation>
    </message>
    <message>
        <source>Still life</source>
        <translation>Stillleben</translation>
    </message>
    <message>
        <source>150,000 splats</source>
        <translation>150.000 Splats</translation>
    </message>
    <message>
        <source>Made on this computer; nothing is downloaded</source>
        <translation>Auf diesem Rechner erzeugt; nichts wird heruntergeladen</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>What you open is listed here.</source>
        <translation>Was geöffnet wird, steht hier.</translation>
    </message>
    <message>
        <source>%1 is not there any more</source>
        <translation>%1 ist nicht mehr da</translation>
    </message>
    <message>
        <source>Room</source>
        <translation>Zimmer</translation>
    </message>
    <message>
        <source>220,000, from inside</source>
        <translation>220.000, von innen</translation>
    </message>
    <message>
        <source>Moving figure</source>
        <translation>Gehende Figur</translation>
    </message>
    <message>
        <source>12,000 in 60 frames</source>
        <translation>12.000 in 60 Bildern</translation>
    </message>
    <message>
        <source>Drop a scene here</source>
        <translation>Eine Szene hier ablegen</translation>
    </message>
    <message>
        <source>Splats: PLY, .splat, .ksplat, SPZ, SOG, .vpc; moving: .dgsv or a folder of frames
Meshes: glTF, OBJ, FBX, STL, PLY, Draco     Radiance fields: .ingp, .msgpack</source>
        <translation>Splats: PLY, .splat, .ksplat, SPZ, SOG, .vpc; bewegt: .dgsv oder ein Ordner mit Bildern
Netze: glTF, OBJ, FBX, STL, PLY, Draco     Strahlungsfelder: .ingp, .msgpack</translation>
    </message>
</context>
</TS>
