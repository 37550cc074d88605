<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>QObject</name>
    <message numerus="yes">
        <source>%n encodes</source>
        <translation>
            <numerusform>%n encode</numerusform>
            <numerusform>%n encodes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>volpress::studio::JobDesk</name>
    <message numerus="yes">
        <source>Estimated from a sample of the splats, corrected by %n result(s) of this codec.</source>
        <translation>
            <numerusform>Estimated from a sample of the splats, corrected by one result of this codec.</numerusform>
            <numerusform>Estimated from a sample of the splats, corrected by %n results of this codec.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Codecs that fine-tune learn from %n photograph(s) from now on.</source>
        <translation>
            <numerusform>Codecs that fine-tune learn from one photograph from now on.</numerusform>
            <numerusform>Codecs that fine-tune learn from %n photographs from now on.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>volpress::studio::ProjectMenu</name>
    <message numerus="yes">
        <source>Remove %n result(s) for good?</source>
        <translation>
            <numerusform>Remove one result for good?</numerusform>
            <numerusform>Remove %n results for good?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>volpress::studio::Session</name>
    <message numerus="yes">
        <source>%n result(s) in the queue</source>
        <translation>
            <numerusform>one result</numerusform>
            <numerusform>%n results</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n failed</source>
        <translation>
            <numerusform>, one failed</numerusform>
            <numerusform>, %n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Found %n file(s).</source>
        <translation>
            <numerusform>Found one file.</numerusform>
            <numerusform>Found %n files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of the project are not where they were: choose Locate… in their menu.</source>
        <translation>
            <numerusform>One file of the project is not where it was: choose Locate… in its menu.</numerusform>
            <numerusform>%n files of the project are not where they were: choose Locate… in their menu.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>volpress::studio::SettingsDialog</name>
    <message numerus="yes">
        <source>%1 used by %n run(s) of the studio.</source>
        <translation>
            <numerusform>%1 used by one run of the studio.</numerusform>
            <numerusform>%1 used by %n runs of the studio.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This deletes the unsaved results of %n earlier run(s), %1, for good. What is open now stays, and so does everything that was exported or saved with a project.</source>
        <translation>
            <numerusform>This deletes the unsaved results of one earlier run, %1, for good. What is open now stays, and so does everything that was exported or saved with a project.</numerusform>
            <numerusform>This deletes the unsaved results of %n earlier runs, %1, for good. What is open now stays, and so does everything that was exported or saved with a project.</numerusform>
        </translation>
    </message>
</context>
</TS>
