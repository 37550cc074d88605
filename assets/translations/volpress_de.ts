<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>QObject</name>
    <message>
        <source>%1 dB or more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Splat scenes (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 against float PLY</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean %1, worst view %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (changed)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pausing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>took %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 splats, SH degree %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from %1 to %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a typical splat is %1 large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 splats over a pixel, seen as a whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>~%1 ± %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>     ~%1 ± %2 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Volpress projects (*%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exported as %1: %2, mean %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edited: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made after: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is not there any more: choose Locate… in the menu.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interrupted, will resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 left then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>views %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>processor %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n encodes</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>not started yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::AttributionPanel</name>
    <message>
        <source>Attribute the error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swaps one attribute at a time and measures each over all views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No result on side B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side B: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compress a scene, or put a result on side B, to see which of its attributes costs how much quality.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which attribute causes its error? Each one in turn is swapped with the original&apos;s, and the pictures of all views are measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The result with the original&apos;s %1, as a pane beside the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::BookmarkPanel</name>
    <message>
        <source>B keeps the present view. Ctrl and a digit go back to it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep this view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the present view as a bookmark (B)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace by the present view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ByteBars</name>
    <message>
        <source>Shown when a scene or a variant is open.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::CameraPlan</name>
    <message>
        <source>The scene from above. Cameras open the way they look; hollow ones are held out.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::CameraTools</name>
    <message>
        <source>Rename bookmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move bookmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove bookmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change bookmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no bookmarks yet: B keeps the present view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep this view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to bookmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bookmark %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left button</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Orbits about the pivot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks around; W A S D Q E fly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turns the turntable, which goes on by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up axis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add key frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>K</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play the camera path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export movie…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+M</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured views…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+V</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add bookmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept as %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the camera path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera path is empty: K adds the present view as a key frame.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2 frames, %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New results are measured on %1 views of %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the camera path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a camera path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paths (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ChartPanel</name>
    <message>
        <source>PSNR, mean of the views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSNR, worst view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSIM</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MS-SSIM</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FLIP error (lower is better)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>against size in bytes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ChartView</name>
    <message>
        <source>original as float PLY, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished jobs appear here as dots.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No command of that name</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::CompareBar</name>
    <message>
        <source>What side B shows ([ and ])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What side A shows (Ctrl+[ and Ctrl+])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What side %1 shows, side by side with the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>add…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::CompareController</name>
    <message>
        <source>Difference to A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>D</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the other sides differ from A: absolute, FLIP, signed, off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loupe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>L</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eight times larger at the pointer, with exact values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error on the splats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each splat in the colour of the error seen through it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blink A and B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift+F</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A and B by turns in the same place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Widen the colour range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>=</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>+</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The end of the error scale stands for a larger error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Narrow the colour range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>-</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The end of the error scale stands for a smaller error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous variant on A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+[</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next variant on A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+]</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::DoctorDesk</name>
    <message>
        <source>Could not repair %1. %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repaired into %1: %2 splats, %3 removed, %4 numbers adjusted.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::DoctorPanel</name>
    <message>
        <source>Examine again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the file as it is, and say what is wrong with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair into a new file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a copy without what can be repaired, and open it; the file stays as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Examine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a scene: the doctor says what is in its file, and what is wrong with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file was not examined yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Examining the file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is wrong with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Point these splats out in the viewport; press again to stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add this edit to the scene; the file stays as it is</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::EditPanel</name>
    <message>
        <source>Add an edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop, clean up, move, or cut colours; before the scene is compressed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove all edits; Ctrl+Z brings them back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove all edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add edit: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch on: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch off: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop the scene, clean it up, move it or cut its colours before it is compressed. The file stays as it is, and every step can be switched off or undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a scene to edit it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. What is shown is how it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 splats kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 splats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>working…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 removed (%2 %)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reorder edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove edit: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::EditStepCard</name>
    <message>
        <source>Whether this edit is done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do it earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do it later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removes %1 of %2 splats.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ExportDialog</name>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it is (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is copied byte for byte and read back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The splats are written in this format and read back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lost in this format: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the file?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 exists already. Replace it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::InspectorPanel</name>
    <message>
        <source>The method of compression</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A named set of parameters; change single ones below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Codec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bytes by part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compress the open scene with these settings (Ctrl+Return)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare three codecs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs three codecs of different kinds with their defaults</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is lost in this format.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lost in this format: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bytes by part: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Target</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave the job as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save, share and choose presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as this project&apos;s default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import a preset file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean PSNR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changing the waiting job: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moves the quality knob until the file has this size, or this quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has no quality knob</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::JobDesk</name>
    <message>
        <source>The inspector has the settings of %1: change them and press Add to queue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A preset cannot be read. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preset was not saved. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved the preset %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import a preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presets (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preset was not imported. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Imported the preset %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preset was not exported. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exported the preset to %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This project starts with these settings from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Estimated from a sample of the splats, corrected by %n result(s) of this codec.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Estimated from a sample of the splats; results of this codec make it better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The queue has ended: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The queue has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer could not be put to sleep: systemctl is not there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command could not be started: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::KeyFrameStrip</name>
    <message>
        <source>Drag a mark to change its time, click the line to look there; Delete removes the chosen key frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No key frames yet: look somewhere and press Add key frame.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::LogPanel</name>
    <message>
        <source>Messages of the studio and of its jobs appear here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::MainWindow</name>
    <message>
        <source>Project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The viewport works without Vulkan: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vulkan device: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a scene file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+E</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the shown variant to a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One side; press again to flip A and B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>W</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both sides with a handle between them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flip A and B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous variant on B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>[</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next variant on B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>]</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swap sides</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>X</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>H</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Focus on the centre</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Z</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn about what is in the middle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn the scene upside down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>U</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For scenes whose up axis points down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F11</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The faster of the two on this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Software</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The reference picture, drawn by the processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vulkan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn by the graphics device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Return</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare three codecs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+C</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the results folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Volpress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Viewport drawn by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Could not write %1. %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the scene?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing %1 cancels its jobs. Finished results stay in %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&lt;b&gt;Volpress %1&lt;/b&gt;&lt;p&gt;Compress 3-D Gaussian splat scenes by eye.&lt;/p&gt;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search commands…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+K</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+P</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+,</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The graphics device was lost; the next start tries it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The graphics device was lost (%1). The software draws the viewport from now on; jobs and results are not touched. The next start tries the device again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has changed on disk. What is shown, and what was measured, is the version that was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the new version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no longer at %2. It stays open, but new jobs need the file: put it back, or export the scene to another place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsaved results of earlier runs take %1, more than the %2 of the settings. Edit &gt; Settings cleans them up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attribution</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in the doctor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All sides, up to four, on one camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side in the same place: tap to change, hold for a look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sweep…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+W</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several values of a codec&apos;s quality knob: its curve in the chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ca&amp;mera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&lt;table cellpadding=3&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;1  W  S&lt;/b&gt;&lt;/td&gt;&lt;td&gt;single view, wipe, side by side&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;F&lt;/b&gt;&lt;/td&gt;&lt;td&gt;flip A and B in the same place, hold for a look; Shift+F blinks&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;D&lt;/b&gt;&lt;/td&gt;&lt;td&gt;difference to A: absolute, FLIP, signed, off&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;E&lt;/b&gt;&lt;/td&gt;&lt;td&gt;error on the splats&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;-  =&lt;/b&gt;&lt;/td&gt;&lt;td&gt;narrow, widen the range of the colours&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;L&lt;/b&gt;&lt;/td&gt;&lt;td&gt;loupe with exact values&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;[  ]&lt;/b&gt;&lt;/td&gt;&lt;td&gt;previous, next variant on side B; with Ctrl on A&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Left  Right&lt;/b&gt;&lt;/td&gt;&lt;td&gt;move the wipe by one percent&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;H  Z&lt;/b&gt;&lt;/td&gt;&lt;td&gt;home view, focus on the centre&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;U&lt;/b&gt;&lt;/td&gt;&lt;td&gt;turn the scene upside down&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;B  Ctrl+0…9&lt;/b&gt;&lt;/td&gt;&lt;td&gt;keep this view, go to a kept one&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;K  Ctrl+Space&lt;/b&gt;&lt;/td&gt;&lt;td&gt;add a key frame, play the camera path&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Tab  F11&lt;/b&gt;&lt;/td&gt;&lt;td&gt;hide panels, full screen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Left drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;orbit; on the wipe line, move it&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Middle drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;pan, also Shift and left drag&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Wheel&lt;/b&gt;&lt;/td&gt;&lt;td&gt;closer and farther, toward the pointer&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Right drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;look around; W A S D Q E fly, the wheel sets the speed&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Double-click&lt;/b&gt;&lt;/td&gt;&lt;td&gt;focus there; on the wipe line, centre it&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scenes and their results are listed here. Open a file, or drop one on the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every number of every result, one a row, as jobs finish. Columns sort; the context menu copies and saves them.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::MovieDialog</name>
    <message>
        <source>Export movie</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One side alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wipe, A left and B right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference of A and B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FLIP error of B against A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> frames/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MP4 movie (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of PNG frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The encoder&apos;s rate factor: 0 is best, 51 is smallest, 18 looks lossless</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rate factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 frames, %2 seconds. Drawn by the reference renderer, as measured pictures are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export movie as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawing %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::NoticeBar</name>
    <message>
        <source>Close this message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ParamField</name>
    <message>
        <source>Double-click the name to reset it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::PathPanel</name>
    <message>
        <source>Play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play the path in the viewport</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add key frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Append the present view, two seconds after the last one (K)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make from…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the path by a ready-made one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bookmarks, in their order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turntable about the pivot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export movie…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw the path as MP4 or PNG frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save or open a camera path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a path…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the path…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long the whole path takes; key frames keep their proportions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Linear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smooth keeps speed through key frames; linear goes straight between them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After the last key frame, go back to the first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 / %2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ProjectMenu</name>
    <message>
        <source>New project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+O</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a project with its scenes and results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save scenes, results, notes and layout as a project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save project as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+S</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save under another name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+Z</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where is %1 now?</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Remove %n result(s) for good?</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Their files are deleted. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a new project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the project first?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the jobs that wait or run?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results and notes that are not saved are removed with %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Going on with %1 cancels them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Jobs that wait or run are cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>closing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs are waiting or running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They can go on when Volpress is started again, with everything that is open now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and go on next time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish in the background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ProjectPanel</name>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from the project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results that were removed. A right click puts them back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empty the trash…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show on side %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the star</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Star</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::QueuePanel</name>
    <message>
        <source>Jobs appear here. Choose a codec on the right and press Add to queue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the rows of jobs that have ended; results stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs that run side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At a time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A job that takes more memory is stopped, with the reason in its row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sleep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this computer does when the queue has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::QueueRow</name>
    <message>
        <source>Move up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the command line that repeats this job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log, parameters, resources and command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause: it keeps what it has done so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change its settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duplicate with other settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the command line</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::RepairDialog</name>
    <message>
        <source>Repair into a new file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A copy is written without what can be repaired, and opened. %1 stays as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the file to write.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file exists already; choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no folder %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This extension is no format that can be written; .ply keeps everything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair into</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::SceneTools</name>
    <message>
        <source>Doctor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Doctor (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add edit: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add an edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove all edits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Examine the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair into a new file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the crop</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::Session</name>
    <message numerus="yes">
        <source>%n result(s) in the queue</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n failed</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Found %n file(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of the project are not where they were: choose Locate… in their menu.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>No folder for this session can be made below %1: nothing is kept for a restart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restored what was open last time.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Viewport</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic: the faster one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Software</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vulkan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What draws the viewport. Both draw the same picture; quality is always measured with the software.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn &amp;by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The best one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (not found)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The graphics device that Vulkan uses; from the next start on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vulkan &amp;device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads of one job. Fewer leave the machine free for other work; results stay the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads of a &amp;job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results that are not saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Results lie here until they are exported or saved with a project; from the next start on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Above this the studio reminds you. Nothing is deleted by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clean &amp;up…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device and folder change with the next start of Volpress.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 used by %n run(s) of the studio.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Delete old results?</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>This deletes the unsaved results of %n earlier run(s), %1, for good. What is open now stays, and so does everything that was exported or saved with a project.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Delete results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ShortcutDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by name or key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click here and press the keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Assign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command keeps no key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command gets its first keys back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 belongs to “%2”. Assigning it takes it from there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T&amp;ake over</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::SweepDialog</name>
    <message>
        <source>Sweep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compresses the scene at several values of the codec&apos;s quality knob. The results draw its curve in the chart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Codec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Knob</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Points</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything else as in the inspector.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything else as the codec&apos;s defaults say.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add 1 job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add %1 jobs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::TablePanel</name>
    <message>
        <source>Copy rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::ViewSetDialog</name>
    <message>
        <source>Measured views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic: cameras beside the scene, else generated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generated around the scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generated inside the scene</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From a file: cameras.json, transforms.json, COLMAP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A COLMAP model, or a data set with one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tick holds a view out: results are measured on it, but never optimised for it. A double click looks through it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw the cameras in the viewport</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file or folder with cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making the views…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 views of %2; %3 with a tick are held out: measured on, never optimised for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder with cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file of cameras</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::Viewport</name>
    <message>
        <source>The viewport has no Vulkan surface; restart with VOLPRESS_VIEWPORT=painter.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::WelcomePage</name>
    <message>
        <source>Drop a splat scene here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PLY, compressed PLY, .splat, .ksplat, SPZ, SOG or .vpc</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a scene file (Ctrl+O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try a sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Still life</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>150,000 splats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made on this computer; nothing is downloaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you open is listed here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not there any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Room</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>220,000, from inside</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
