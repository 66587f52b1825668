import Testing
import YAML

struct SpecificationTests {
    @Test(arguments: SpecificationExample.chapters2To6 + SpecificationExample.chapters7To9)
    func `an example of the specification is read`(example: SpecificationExample) throws {
        #expect(try read(example.text) == example.meaning)
    }

    @Test(arguments: SpecificationExample.outsideTheSubset)
    func `an example outside the subset is refused`(example: SpecificationExample) {
        #expect(refusal(of: example.text) != nil)
    }
}
