import Testing
import YAML

struct ConfigurationTests {
    private static let text = """
        server: { host: "127.0.0.1", port: 8080 }   # loopback only
        tenants:
          - id: tenant-1
            environments: [dev, staging]
            limits:
              maxUsers: 5000
              ratio: 0.5
            tokens:
            - { name: "ci", token: "${CI_TOKEN}" }
        clusters:
        - baseUrl: http://127.0.0.1:8089
          authToken: ${TOKEN:-none}
          password:
        notice: >
          Runs stop
          at midnight.

        script: |
          #!/bin/sh
          exec locust -f "$1"
        """

    @Test func `a file as operators write it is read`() throws {
        let expected = """
            {"server": {"host": "127.0.0.1", "port": 8080}, \
            "tenants": [{"id": "tenant-1", "environments": ["dev", "staging"], \
            "limits": {"maxUsers": 5000, "ratio": float(0.5)}, \
            "tokens": [{"name": "ci", "token": "${CI_TOKEN}"}]}], \
            "clusters": [{"baseUrl": "http://127.0.0.1:8089", \
            "authToken": "${TOKEN:-none}", "password": null}], \
            "notice": "Runs stop at midnight.\\n", \
            "script": "#!/bin/sh\\nexec locust -f \\"$1\\"\\n"}
            """
        #expect(try read(Self.text + "\n") == expected)
    }

    /// What a reader of the nodes does after it put a variable's value into a plain scalar.
    @Test func `a changed plain scalar can be given its type again`() throws {
        let node = try YAML.parse("users: ${USERS}\n").mapping[0].value
        let text = try #require(node.text).replacing("${USERS}", with: "250")
        #expect(!node.isQuoted)
        #expect(render(YAML.resolvePlain(text)) == "250")
        #expect(render(YAML.resolvePlain("")) == "null")
    }
}
