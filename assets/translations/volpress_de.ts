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
        <source>interrupted, will start anew</source>
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
</context>
<context>
    <name>volpress::studio::ByteBars</name>
    <message>
        <source>Shown when a scene or a variant is open.</source>
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
        <source>What side A shows</source>
        <translation type="unfinished"></translation>
    </message>
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
        <source>Jobs are running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing the window cancels the jobs that wait or run. Finished results stay in %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel jobs and close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep working</source>
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
        <source>Both sides on one camera</source>
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
        <source>The other side in the same place</source>
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
        <source>&lt;table cellpadding=3&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;1  W  S&lt;/b&gt;&lt;/td&gt;&lt;td&gt;single view, wipe, side by side&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;F&lt;/b&gt;&lt;/td&gt;&lt;td&gt;flip A and B in the same place&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;[  ]&lt;/b&gt;&lt;/td&gt;&lt;td&gt;previous, next variant on side B&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Left  Right&lt;/b&gt;&lt;/td&gt;&lt;td&gt;move the wipe by one percent&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;H  Z&lt;/b&gt;&lt;/td&gt;&lt;td&gt;home view, focus on the centre&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;U&lt;/b&gt;&lt;/td&gt;&lt;td&gt;turn the scene upside down&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Tab  F11&lt;/b&gt;&lt;/td&gt;&lt;td&gt;hide panels, full screen&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Left drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;orbit; on the wipe line, move it&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Middle drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;pan, also Shift and left drag&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Wheel&lt;/b&gt;&lt;/td&gt;&lt;td&gt;closer and farther, toward the pointer&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Right drag&lt;/b&gt;&lt;/td&gt;&lt;td&gt;look around; W A S D Q E fly, the wheel sets the speed&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;Double-click&lt;/b&gt;&lt;/td&gt;&lt;td&gt;focus there; on the wipe line, centre it&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</source>
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
    <name>volpress::studio::ProjectPanel</name>
    <message>
        <source>Show on side A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show on side B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from the project</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>volpress::studio::QueuePanel</name>
    <message>
        <source>Jobs appear here. Choose a codec on the right and press Add to queue.</source>
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
        <source>&amp;Folder</source>
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
</context>
</TS>
