extension SpecificationExample {
    static let chapters2To6: [Self] = [
        Self(
            "2.3",
            #"""
            american:
            - Boston Red Sox
            - Detroit Tigers
            national:
            - New York Mets
            """#,
            meaning: #"{"american": ["Boston Red Sox", "Detroit Tigers"], "national": ["New "#
                + #"York Mets"]}"#),
        Self(
            "2.4",
            #"""
            -
              name: Mark McGwire
              hr:   65
            -
              name: Sammy Sosa
              avg:  0.288
            """#,
            meaning: #"[{"name": "Mark McGwire", "hr": 65}, {"name": "Sammy Sosa", "avg": "#
                + "float(0.288)}]"),
        Self(
            "2.5",
            #"""
            - [name        , hr]
            - [Mark McGwire, 65]
            """#,
            meaning: #"[["name", "hr"], ["Mark McGwire", 65]]"#),
        Self(
            "2.6",
            #"""
            Mark: {hr: 65, avg: 0.278}
            Sammy: {
                hr: 63,
                avg: 0.288,
             }
            """#,
            meaning: #"{"Mark": {"hr": 65, "avg": float(0.278)}, "Sammy": {"hr": 63, "avg": "#
                + "float(0.288)}}"),
        Self(
            "2.9",
            #"""
            ---
            hr: # 1998 hr ranking
            - Mark McGwire
            - Sammy Sosa
            # 1998 rbi
            rbi:
            - Ken
            """#,
            meaning: #"{"hr": ["Mark McGwire", "Sammy Sosa"], "rbi": ["Ken"]}"#),
        Self(
            "2.12",
            #"""
            ---
            - item    : Super Hoop
              quantity: 1
            - item    : Basketball
              quantity: 4
            """#,
            meaning: #"[{"item": "Super Hoop", "quantity": 1}, {"item": "Basketball", "#
                + #""quantity": 4}]"#),
        Self(
            "2.13",
            #"""
            --- |
              \//||\/||
              // ||  ||__
            """#,
            meaning: #""\\//||\\/||\n// ||  ||__\n""#),
        Self(
            "2.14",
            #"""
            --- >
              Mark McGwire's
              year was crippled
            """#,
            meaning: #""Mark McGwire's year was crippled\n""#),
        Self(
            "2.15",
            #"""
            --- >
             Sammy Sosa
             season.

               63 Home Runs
               0.288

             What a year!
            """#,
            meaning: #""Sammy Sosa season.\n\n  63 Home Runs\n  0.288\n\nWhat a year!\n""#),
        Self(
            "2.17",
            #"""
            unicode: "Sosa\u263A"
            control: "\b1998\t"
            hex: "\x0d\x0a"
            single: '"Howdy!" he cried.'
            quoted: ' # Not a ''comment''.'
            tie: '|\-*-/|'
            """#,
            meaning: #"{"unicode": "Sosa☺", "control": "\u{08}1998\t", "hex": "\r\n", "#
                + #""single": "\"Howdy!\" he cried.", "quoted": " # Not a 'comment'.", "#
                + #""tie": "|\\-*-/|"}"#),
        Self(
            "2.18",
            #"""
            plain:
              This unquoted scalar
              spans many lines.

            quoted: "So does this
              one.\n"
            """#,
            meaning: #"{"plain": "This unquoted scalar spans many lines.", "quoted": "So "#
                + #"does this one.\n"}"#),
        Self(
            "2.19",
            #"""
            canonical: 12345
            decimal: +12345
            octal: 0o14
            hexadecimal: 0xC
            """#,
            meaning: #"{"canonical": 12345, "decimal": 12345, "octal": 12, "hexadecimal": "#
                + "12}"),
        Self(
            "2.20",
            #"""
            a: 1.23015e+3
            b: 12.3015e+02
            c: 1230.15
            d: -.inf
            e: .nan
            """#,
            meaning: #"{"a": float(1230.15), "b": float(1230.15), "c": float(1230.15), "d": "#
                + #"float(-inf), "e": float(nan)}"#),
        Self(
            "2.21",
            #"""
            null:
            booleans: [ true, false ]
            string: '012345'
            """#,
            meaning: #"{"null": null, "booleans": [true, false], "string": "012345"}"#),
        Self(
            "5.5",
            #"""
            # Comment only.

            """#,
            meaning: "null"),
        Self(
            "5.7",
            #"""
            literal: |
              some
              text
            folded: >
              some
              text
            """#,
            meaning: #"{"literal": "some\ntext\n", "folded": "some text\n"}"#),
        Self(
            "6.1",
            #"""
              # Leading comment line spaces are
              # neither content nor indentation.
            ····
            Not indented:
             By one space: |
                By four
                  spaces
             Flow style: [    # Leading spaces
               By two,        # in flow style
              Also by two,    # are neither
              Still by two   # content nor
                ]
            """#,
            meaning: #"{"Not indented": {"By one space": "By four\n  spaces\n", "Flow "#
                + #"style": ["By two", "Also by two", "Still by two"]}}"#),
        Self(
            "6.6",
            #"""
            >-
              trimmed
            ··
            ·

              as
              space
            """#,
            meaning: #""trimmed\n\n\nas space""#),
        Self(
            "6.7",
            #"""
            >
              foo·
            ·
              → bar

              baz
            """#,
            meaning: #""foo \n\n\t bar\n\nbaz\n""#),
        Self(
            "6.8",
            #"""
            "
              foo·
            ·
                bar

              baz
            "
            """#,
            meaning: #"" foo\nbar\nbaz ""#),
        Self(
            "6.9",
            #"""
            key:    # Comment
              value
            """#,
            meaning: #"{"key": "value"}"#),
        Self(
            "6.10",
            #"""
              # Comment
            ···

            """#,
            meaning: "null"),
        Self(
            "6.11",
            #"""
            key:    # Comment
                    # lines
              value


            """#,
            meaning: #"{"key": "value"}"#),
    ]

    static let chapters7To9: [Self] = [
        Self(
            "7.4",
            #"""
            'implicit block key' : [
              'implicit flow key',
             ]
            """#,
            meaning: #"{"implicit block key": ["implicit flow key"]}"#),
        Self(
            "7.5",
            #"""
            "folded·
            to a space,
            ·
            to a line feed, or \
             \ non-content"
            """#,
            meaning: #""folded to a space,\nto a line feed, or  non-content""#),
        Self(
            "7.6",
            #"""
            " 1st non-empty

             2nd non-empty·
             3rd non-empty "
            """#,
            meaning: #"" 1st non-empty\n2nd non-empty 3rd non-empty ""#),
        Self(
            "7.7",
            #"""
             'here''s to "quotes"'
            """#,
            meaning: #""here's to \"quotes\"""#),
        Self(
            "7.9",
            #"""
            ' 1st non-empty

             2nd non-empty·
             3rd non-empty '
            """#,
            meaning: #"" 1st non-empty\n2nd non-empty 3rd non-empty ""#),
        Self(
            "7.10",
            #"""
            - ::vector
            - ": - ()"
            - Up, up, and away!
            - -123
            - http://example.com/foo#bar
            """#,
            meaning: #"["::vector", ": - ()", "Up, up, and away!", -123, "#
                + #""http://example.com/foo#bar"]"#),
        Self(
            "7.12",
            #"""
            1st non-empty

             2nd non-empty·
              3rd non-empty
            """#,
            meaning: #""1st non-empty\n2nd non-empty 3rd non-empty""#),
        Self(
            "7.13",
            #"""
            - [ one, two, ]
            - [three ,four]
            """#,
            meaning: #"[["one", "two"], ["three", "four"]]"#),
        Self(
            "7.15",
            #"""
            - { one : two , three: four , }
            - {five: six,seven : eight}
            """#,
            meaning: #"[{"one": "two", "three": "four"}, {"five": "six", "seven": "eight"}]"#),
        Self(
            "7.23",
            #"""
            - [ a, b ]
            - { a: b }
            - "a"
            - 'b'
            - c
            """#,
            meaning: #"[["a", "b"], {"a": "b"}, "a", "b", "c"]"#),
        Self(
            "8.1",
            #"""
            - | # Empty header
             literal
            - >1 # Indentation indicator
              folded
            - |+ # Chomping
             keep

            - >1- # Both
              strip
            """#,
            meaning: #"["literal\n", " folded\n", "keep\n\n", " strip"]"#),
        Self(
            "8.4",
            #"""
            strip: |-
              text
            clip: |
              text
            keep: |+
              text
            """#,
            meaning: #"{"strip": "text", "clip": "text\n", "keep": "text\n"}"#),
        Self(
            "8.5",
            #"""
             # Strip
              # Comments:
            strip: |-
              # text
            ··
             # Clip
              # comments:

            clip: |
              # text
            ·
             # Keep
              # comments:

            keep: |+
              # text

             # Trail
              # comments.
            """#,
            meaning: ##"{"strip": "# text", "clip": "# text\n", "keep": "# text\n\n"}"##),
        Self(
            "8.6",
            #"""
            strip: >-

            clip: >

            keep: |+

            """#,
            meaning: #"{"strip": "", "clip": "", "keep": "\n"}"#),
        Self(
            "8.7",
            #"""
            |
             literal
             →text


            """#,
            meaning: #""literal\n\ttext\n""#),
        Self(
            "8.8",
            #"""
            |
            ·
            ··
              literal
            ···
            ··
              text

             # Comment
            """#,
            meaning: #""\n\nliteral\n \n\ntext\n""#),
        Self(
            "8.10",
            #"""
            >

             folded
             line

             next
             line
               * bullet

               * list
               * lines

             last
             line

            # Comment
            """#,
            meaning: #""\nfolded line\nnext line\n  * bullet\n\n  * list\n  * lines\n\nlast "#
                + #"line\n""#),
        Self(
            "8.14",
            #"""
            block sequence:
              - one
              - two : three
            """#,
            meaning: #"{"block sequence": ["one", {"two": "three"}]}"#),
        Self(
            "8.15",
            #"""
            - # Empty
            - |
             block node
            - - one # Compact
              - two # sequence
            - one: two # Compact mapping
            """#,
            meaning: #"[null, "block node\n", ["one", "two"], {"one": "two"}]"#),
        Self(
            "8.16",
            #"""
            block mapping:
             key: value
            """#,
            meaning: #"{"block mapping": {"key": "value"}}"#),
        Self(
            "8.20",
            #"""
            -
              "flow in block"
            - >
             Block scalar
            -
              a : b
            """#,
            meaning: #"["flow in block", "Block scalar\n", {"a": "b"}]"#),
        Self(
            "8.22",
            #"""
            sequence:
            - entry
            - - nested
            mapping:
             foo: bar
            """#,
            meaning: #"{"sequence": ["entry", ["nested"]], "mapping": {"foo": "bar"}}"#),
        Self(
            "9.3",
            #"""
            Bare
            document
            ...
            # No document
            """#,
            meaning: #""Bare document""#),
    ]
}
