extension SpecificationExample {
    static let outsideTheSubset: [Self] = [
        Self(
            "2.7",
            #"""
            # Ranking
            ---
            - a
            - b

            # Team
            ---
            - c
            """#,
            meaning: nil),
        Self(
            "2.10",
            #"""
            - &SS Sammy
            - *SS
            """#,
            meaning: nil),
        Self(
            "2.11",
            #"""
            ? - Detroit Tigers
              - Chicago cubs
            : - 2001-07-23
            """#,
            meaning: nil),
        Self(
            "2.23",
            #"""
            a: !!str 2002-04-28
            """#,
            meaning: nil),
        Self(
            "5.3",
            #"""
            ? sky
            : blue
            """#,
            meaning: nil),
        Self(
            "5.10",
            #"""
            commercial-at: @text
            grave-accent: `text
            """#,
            meaning: nil),
        Self(
            "5.14",
            #"""
            Bad escapes:
              "\c
              \xq-"
            """#,
            meaning: nil),
        Self(
            "6.13",
            #"""
            %FOO  bar baz
            --- "foo"
            """#,
            meaning: nil),
        Self(
            "7.14",
            #"""
            [ single: pair, ]
            """#,
            meaning: nil),
        Self(
            "7.22",
            #"""
            [ foo
             bar: invalid ]
            """#,
            meaning: nil),
        Self(
            "8.2",
            #"""
            - |
             detected
            - >
            ·
            ··
              # detected
            - |1
              explicit
            - >
            ·→
             detected
            """#,
            meaning: nil),
        Self(
            "8.3",
            #"""
            - |
            ··
             text
            """#,
            meaning: nil),
        Self(
            "8.3",
            #"""
            - >
              text
             text
            """#,
            meaning: nil),
        Self(
            "8.3",
            #"""
            - |2
             text
            """#,
            meaning: nil),
        Self(
            "9.2",
            #"""
            %YAML 1.2
            ---
            Document
            ...
            """#,
            meaning: nil),
        Self(
            "9.4",
            #"""
            ---
            { matches
            : 20 }
            ...
            """#,
            meaning: nil),
        Self(
            "9.6",
            #"""
            Document
            ---
            # Empty
            ...
            """#,
            meaning: nil),
    ]
}
